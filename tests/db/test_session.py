"""A connection never waits for ever, and a broken one is replaced."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from spoonfeeder.db.session import LOCK_TIMEOUT_SECONDS, SERVER_SETTINGS, open_engine
from spoonfeeder.embedded.postgres import EmbeddedPostgres


async def test_the_server_ends_what_takes_too_long(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SERVER_SETTINGS, "lock_timeout", f"{LOCK_TIMEOUT_SECONDS}s")
    engine = open_engine(database_url, pool_size=1)
    async with engine.connect() as connection:
        found = [
            await connection.scalar(text(f"SHOW {name}"))
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        ]
    await engine.dispose()
    assert found == ["30s", "5s", "1min"]


async def test_a_lock_that_another_holds_is_given_up(database_url: str) -> None:
    engine = open_engine(database_url, pool_size=2)
    async with engine.begin() as first, engine.connect() as second:
        await first.execute(text("LOCK TABLE tasks"))
        await second.execute(text("SET lock_timeout = '50ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            await second.execute(text("SELECT * FROM tasks"))
    await engine.dispose()


async def test_the_pool_replaces_connections_that_the_server_closed(
    database_url: str, postgres: EmbeddedPostgres
) -> None:
    engine = open_engine(database_url, pool_size=1)
    async with engine.connect() as connection:
        pid = await connection.scalar(text("SELECT pg_backend_pid()"))
    await asyncio.to_thread(postgres.execute, f"SELECT pg_terminate_backend({pid})")
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT pg_backend_pid()")) != pid
    await engine.dispose()


async def test_trying_a_connection_costs_no_round_trip(database_url: str) -> None:
    engine = open_engine(database_url, pool_size=1)
    sent: list[str] = []
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        driver.add_query_logger(lambda record: sent.append(record.query.rstrip(";")))
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    await engine.dispose()
    assert sent == ["BEGIN", "ROLLBACK"], "the query itself is prepared, which is not noted here"


async def test_an_error_does_not_repeat_what_was_sent(database_url: str) -> None:
    engine = open_engine(database_url, pool_size=1)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(text("SELECT * FROM nothing WHERE name = :name"), {"name": "swordfish"})
    await engine.dispose()
    assert "swordfish" not in str(caught.value)
