"""For commands that change what is stored, whether the API runs or not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from spoonfeeder.cli import configured, fail, in_one_sentence
from spoonfeeder.core.errors import AppError, reason_of
from spoonfeeder.core.settings import Settings
from spoonfeeder.runtime import Runtime, open_runtime

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


def on_data(action: Callable[[Runtime], Awaitable[T]]) -> T:
    """What `action` gives on the external database, or on the data home's own, which is started if nobody has.

    Ends the command with one sentence for everything that can go wrong.
    """
    settings = configured()
    from sqlalchemy.exc import SQLAlchemyError

    from spoonfeeder.db.migrate import SchemaOutdated, check
    from spoonfeeder.embedded.attach import reachable_database
    from spoonfeeder.embedded.errors import StartError

    try:
        with in_one_sentence(StartError, SchemaOutdated, AppError), reachable_database(settings) as url:
            check(url)
            return asyncio.run(_run(_complete(settings, url), action))
    except (OSError, SQLAlchemyError) as error:
        fail(f"The database cannot be reached or changed: {reason_of(error)}.")


def checked(kind: type[M], **fields: object) -> M:
    """The body that a request would have; ends the command with what is wrong with it."""
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        fail(f"{name}: {first['msg'].removeprefix('Value error, ')}.")


def _complete(settings: Settings, database_url: str) -> Settings:
    """With the addresses that the embedded servers have, whether they run or not."""
    from spoonfeeder.embedded.folders import open_home
    from spoonfeeder.embedded.redis import EmbeddedRedis

    if settings.postgres_url() is None:
        settings.home = open_home(settings.home)
    if settings.redis_address() is None and not settings.without_redis:
        settings.redis_url = SecretStr(EmbeddedRedis(settings.home / "redis").url)
    settings.database_url = SecretStr(database_url)
    return settings


async def _run(settings: Settings, action: Callable[[Runtime], Awaitable[T]]) -> T:
    async with open_runtime(settings) as runtime:
        return await action(runtime)
