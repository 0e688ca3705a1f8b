"""One runtime for the tests of a module, and for each test a profile of its own at a scripted server."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text

from spoonfeeder.core.actor import LOCAL_OWNER, User
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.vocabulary import MessageRole, Purpose
from spoonfeeder.db.profile import Profile, ProfileKey
from spoonfeeder.db.sealed import POOL_KEY
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.features.calls.call import Answering, Call, begin
from spoonfeeder.features.calls.sources import find_source, request_to
from spoonfeeder.features.profiles import keys
from spoonfeeder.providers.base import ChatMessage
from spoonfeeder.providers.retries import Retries
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.work import open_work
from tests.fixtures.databases import Databases

HELLO = (ChatMessage(MessageRole.USER, ("Hello",)),)
OWN_KEY = "sk-own-key-of-the-profile-0000000000"


@dataclass
class Clock:
    """Time passes only while somebody sleeps; `dice` is what is thrown each time."""

    now: float = 1_000.0
    dice: float = 0.5
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def retries(self) -> Retries:
        return Retries(lambda: self.now, self.sleep, lambda: self.dice)


@dataclass
class Caller:
    """Makes calls through the profile that it made."""

    runtime: Runtime
    clock: Clock
    actor: User = LOCAL_OWNER
    profile_id: UUID = field(default_factory=uuid4)

    async def profile(self, url: str | None, **fields: Any) -> UUID:
        usual = {"name": "Test", "type": "text", "provider": "openai", "url": url}
        profile = Profile(id=self.profile_id, workspace_id=self.actor.workspace_id, **(usual | fields))
        keys.seal(self.runtime.cipher, profile, OWN_KEY)
        async with self.runtime.sessions.begin() as session:
            session.add(profile)
        return profile.id

    async def pool(self, url: str, *api_keys: str) -> list[UUID]:
        """Keys beside the profile's own, which takes no part, in the order in which they are taken."""
        rows = []
        for number, key in enumerate(api_keys):
            row = ProfileKey(id=uuid4(), workspace_id=self.actor.workspace_id, profile_id=self.profile_id, url=url)
            row.name, row.api_key = str(number), self.runtime.cipher.encrypt(key, POOL_KEY.binding_of(row))
            rows.append(row)
        async with self.runtime.sessions.begin() as session:
            session.add_all(rows)
            await session.flush()
            for number, row in enumerate(rows):
                place = {"id": row.id, "number": number - 100}
                turn = "UPDATE profile_keys SET last_used_at = now() + :number * interval '1 minute' WHERE id = :id"
                await session.execute(text(turn), place)
        return [row.id for row in rows]

    async def begin(self, purpose: Purpose = Purpose.CHAT, **options: Any) -> Call:
        async with open_work(self.runtime, self.actor) as work:
            source = await find_source(work, profile_id=self.profile_id, provider=None)
            return await begin(work, source, request_to(source, "gpt-4o-mini", HELLO, options), purpose)

    async def answering(self, **options: Any) -> Answering:
        return Answering(self.runtime, self.actor, await self.begin(**options))

    async def row(self, call: Call) -> dict[str, Any]:
        return (await self.rows("SELECT * FROM usage_calls WHERE id = :id", id=call.id))[0]

    async def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        async with self.runtime.engine.begin() as connection:
            result = await connection.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runtime(
    postgres: EmbeddedPostgres,
    databases: Databases,
    migrated_template: str,
    redis_server: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Runtime]:
    with databases.database(migrated_template) as name:
        settings = Settings(
            _env_file=None,
            database_url=postgres.url(name),
            redis_url=redis_server.url,
            SPOONFEEDER_HOME=tmp_path_factory.mktemp("home"),
            encryption_key=secrets.token_hex(32),
        )
        async with open_runtime(settings) as runtime:
            yield runtime


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def caller(runtime: Runtime, clock: Clock) -> Caller:
    return Caller(replace(runtime, retries=clock.retries()), clock)
