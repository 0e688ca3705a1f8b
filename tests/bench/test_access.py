"""What the checks of who may do what cost a read: server mode against local mode, and restricted against not."""

import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
import pytest
import uvloop

from spoonfeeder.core.access_tokens import AccessTokens
from spoonfeeder.core.actor import LOCAL_OWNER, LOCAL_OWNER_ID
from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.settings import Settings
from spoonfeeder.features.auth.credentials import sha256_of
from spoonfeeder.features.generations.session_router import get_session
from spoonfeeder.runtime import open_runtime
from spoonfeeder.work import open_account_work, open_work
from tests.bench.conftest import SESSION
from tests.bench.pairs import Pair, compare
from tests.bench.processes import free_port, running
from tests.waiting import until_async

pytestmark = pytest.mark.bench

MOST_TIMES = 1.10
MOST_MORE_MS = 0.5
KEY = secrets.token_hex(32)
MAKE_LOGIN = "INSERT INTO login_sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 day')"
MAKE_KEY = """
    INSERT INTO api_keys (user_id, name, token_sha256, last_four, scopes) VALUES ($1, 'bench', $2, 'wxyz', '["read"]')
"""
LOCAL = {"AUTH": "local"}
CHECKED = {"AUTH": "required", "RATE_LIMITS": "off"}
LIMITED = {"AUTH": "required", "RATE_LIMITS": "on", "LIMIT_GENERAL": "1000000/minute"}


@dataclass(frozen=True)
class Servers:
    """Bases of three processes on one database, and the headers of one person."""

    local: str
    checked: str
    limited: str
    token: dict[str, str]
    api_key: dict[str, str]


@pytest.fixture
async def servers(dsn: str, redis_url: str, http: httpx2.AsyncClient, tmp_path: Path) -> AsyncIterator[Servers]:
    token, api_key = await _credentials(dsn)
    usual = {"DATABASE_URL": dsn, "REDIS_URL": redis_url, "SPOONFEEDER_HOME": str(tmp_path), "ENCRYPTION_KEY": KEY}
    usual |= {"DEMO": "off", "LOG_LEVEL": "warning"}
    async with AsyncExitStack() as stack:
        bases = []
        for mode in (LOCAL, CHECKED, LIMITED):
            port = free_port()
            environment = {**os.environ, **usual, **mode, "PORT": str(port)}
            await stack.enter_async_context(running("spoonfeeder", "api", environment=environment))
            bases.append(f"http://127.0.0.1:{port}/api")
        for base in bases:
            await until_async(lambda base=base: _answers(http, base, token), within_seconds=60)  # type: ignore[misc]
        local, checked, limited = bases
        yield Servers(local, checked, limited, token, api_key)


async def _credentials(dsn: str) -> tuple[dict[str, str], dict[str, str]]:
    connection = await asyncpg.connect(dsn)
    login_id, key = uuid4(), f"sf_{secrets.token_urlsafe(32)}"
    await connection.execute(MAKE_LOGIN, login_id, LOCAL_OWNER_ID)
    await connection.execute(MAKE_KEY, LOCAL_OWNER_ID, sha256_of(key))
    epoch = await connection.fetchval("SELECT token_epoch FROM users WHERE id = $1", LOCAL_OWNER_ID)
    await connection.close()
    tokens = AccessTokens(KeyRing({"default": bytes.fromhex(KEY)}), life_seconds=3600)
    token, _ = tokens.issue(LOCAL_OWNER_ID, login_id, epoch)
    return {"Authorization": f"Bearer {token}"}, {"Authorization": f"Bearer {key}"}


async def _answers(http: httpx2.AsyncClient, base: str, headers: dict[str, str]) -> bool:
    try:
        return (await http.get(f"{base}/comfyui/sessions/{SESSION}", headers=headers)).status_code == 200
    except httpx2.TransportError:
        return False


@pytest.mark.parametrize("read", ["page", "generation"])
async def test_the_checks_cost_little_of_a_read(servers: Servers, http: httpx2.AsyncClient, read: str) -> None:
    path = f"/comfyui/sessions/{SESSION}"
    if read == "generation":
        rows = (await http.get(f"{servers.local}{path}", params={"limit": 1})).json()["data"]["generations"]
        path = f"/comfyui/generations/{rows[0]['id']}"

    def get(base: str, headers: dict[str, str]) -> Callable[[], Awaitable[object]]:
        async def ask() -> None:
            answer = await http.get(base + path, headers=headers)
            assert answer.status_code == 200, answer.text

        return ask

    local = get(servers.local, {})
    ways = {
        "the same again": local,
        "access token": get(servers.checked, servers.token),
        "API key": get(servers.checked, servers.api_key),
        "access token, rate limits": get(servers.limited, servers.token),
        "API key, rate limits": get(servers.limited, servers.api_key),
    }
    pairs = {name: await compare(local, way) for name, way in ways.items()}
    for name, pair in pairs.items():
        print(f"\n{read}, {name}: {pair}", end="")  # noqa: T201
    over = {name: str(pair) for name, pair in pairs.items() if pair.times > MOST_TIMES and pair.more > MOST_MORE_MS}
    assert not over


def test_row_security_costs_little_of_a_read(dsn: str, settings: Settings) -> None:
    """In one process: a page by the restricted role, against the same by the tables' owner without its statement."""
    pair = uvloop.run(_restricted_and_not(settings))
    print(f"\nrow-level security: {pair}")  # noqa: T201
    assert pair.more <= MOST_MORE_MS or pair.times <= MOST_TIMES


async def _restricted_and_not(settings: Settings) -> Pair:
    async with open_runtime(settings) as runtime:

        async def owner() -> None:
            async with open_account_work(runtime, LOCAL_OWNER) as work:
                await get_session(work, SESSION, limit=50)

        async def restricted() -> None:
            async with open_work(runtime, LOCAL_OWNER) as work:
                await get_session(work, SESSION, limit=50)

        return await compare(owner, restricted)
