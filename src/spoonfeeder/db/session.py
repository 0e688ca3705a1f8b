"""The way to the database: one engine per process, sessions that never wait for ever (R13)."""

import asyncio
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

STATEMENT_TIMEOUT_SECONDS = 30
LOCK_TIMEOUT_SECONDS = 5
IDLE_IN_TRANSACTION_SECONDS = 60
CONNECT_TIMEOUT_SECONDS = 5
POOL_WAIT_SECONDS = 10
GIVE_UP_SECONDS = 0.25
CLOSE_SECONDS = 3


SERVER_SETTINGS = {
    "application_name": "spoonfeeder",
    "statement_timeout": f"{STATEMENT_TIMEOUT_SECONDS}s",
    "lock_timeout": f"{LOCK_TIMEOUT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
}
OF_SQLALCHEMY = {"prepared_statement_cache_size", "prepared_statement_name_func"}


BEGIN = "BEGIN"
"""How asyncpg begins what is no savepoint; a level of isolation may follow."""
_first: ContextVar[str] = ContextVar("first", default="")


class OwnConnection(asyncpg.Connection):  # type: ignore[misc]
    """Sends the statement of `begin_with` together with BEGIN, and waits a moment only for the server's good-bye.

    SQLAlchemy waits 2 s for that even where it gives a connection up because nobody answers.
    """

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        whole = query + _first.get() if query.startswith(BEGIN) else query
        status: str = await super().execute(whole, *args, timeout=timeout)
        return status

    async def close(self, *, timeout: float | None = None) -> None:
        await super().close(timeout=timeout and min(timeout, GIVE_UP_SECONDS))


CONNECT_ARGS: dict[str, Any] = {
    "connection_class": OwnConnection,
    "timeout": CONNECT_TIMEOUT_SECONDS,
    "command_timeout": STATEMENT_TIMEOUT_SECONDS + 5,
    "server_settings": SERVER_SETTINGS,
}


def open_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for a `postgresql+asyncpg://` URL; the pool never holds more than `pool_size` connections.

    The client gives up 5 s after the server's own limit, so a server that is stopped in the middle blocks nobody.
    """
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
        connect_args=CONNECT_ARGS,
    )
    _begin_when_taken(engine)
    return engine


async def open_alone(engine: AsyncEngine) -> asyncpg.Connection:
    """One connection beside the pool, for LISTEN and NOTIFY: nothing that it says needs to outlive the server."""
    _, address = engine.dialect.create_connect_args(engine.url)
    options = {name: value for name, value in address.items() if name not in OF_SQLALCHEMY} | CONNECT_ARGS
    options["server_settings"] = SERVER_SETTINGS | {"synchronous_commit": "off"}
    return await asyncpg.connect(**options)


def _begin_when_taken(engine: AsyncEngine) -> None:
    """A connection's transaction begins as soon as it is taken, which tells at the same time whether it still works.

    All are replaced where it is broken. That is `pool_pre_ping`, which would cost three round trips more, for poolers
    that we do not speak to. A first use needs no trial.
    """

    def rest(_: object, record: Any) -> None:
        record.info["used"] = True

    def begin(connection: Any, record: Any, _: object) -> None:
        is_new = not record.info.get("used")
        if is_new and not _first.get():
            return
        try:
            connection.run_async(lambda _: connection._start_transaction())
        except Exception as error:
            if is_new:
                raise
            raise InvalidatePoolError from error

    event.listen(engine.sync_engine, "checkin", rest)
    event.listen(engine.sync_engine, "checkout", begin)


async def close_engine(engine: AsyncEngine) -> None:
    """Closes all connections, for at most 3 s: each would wait for its goodbye from a server that stands still."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await engine.dispose()


def connections_in_use(engine: AsyncEngine) -> int:
    """How many of the pool are taken at this moment."""
    assert isinstance(engine.pool, AsyncAdaptedQueuePool)
    return engine.pool.checkedout()


def open_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Makes sessions whose rows stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def begin_with(session: AsyncSession, statement: str) -> None:
    """Begins a transaction whose first statement costs no round trip of its own; what it gives is not read.

    `statement` is SQL without parameters. Raises InvalidRequestError where the session has begun already.
    """
    session.sync_session.begin()
    first = _first.set(statement)
    try:
        await session.connection()
    finally:
        _first.reset(first)


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()
