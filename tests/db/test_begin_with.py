"""What a transaction may see travels with its BEGIN, over a new, a used and a replaced connection alike."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.errors import Unavailable
from spoonfeeder.db.row_security import ROLE, restrict
from spoonfeeder.db.session import open_engine, open_sessions
from spoonfeeder.embedded.postgres import EmbeddedPostgres

WHO = text("SELECT current_user, coalesce(current_setting('app.workspace', true), ''), pg_backend_pid()")


async def seen(session: AsyncSession) -> tuple[str, str, int]:
    user, workspace, pid = (await session.execute(WHO)).one()
    return user, workspace, pid


async def seen_by(engine: AsyncEngine, workspace_id: UUID) -> tuple[str, str, int]:
    async with open_sessions(engine)() as session:
        await restrict(session, workspace_id)
        found = await seen(session)
        await session.commit()
        return found


async def test_it_costs_no_round_trip_and_ends_with_the_transaction(database_url: str) -> None:
    engine, workspace_id, sent = open_engine(database_url, pool_size=1), uuid4(), []
    assert (await seen_by(engine, workspace_id))[:2] == (ROLE, str(workspace_id)), "a new connection"
    async with open_sessions(engine)() as session:
        assert (await seen(session))[:2] == ("spoonfeeder", "")
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
        assert driver is not None
        driver.add_query_logger(lambda record: sent.append(record.query.partition(";")[0]))
    assert (await seen_by(engine, workspace_id))[:2] == (ROLE, str(workspace_id)), "a used one"
    await engine.dispose()
    assert sent == ["ROLLBACK", "BEGIN", "COMMIT"]


async def test_a_connection_that_the_server_closed_is_replaced_by_one_that_is_held_too(
    database_url: str, postgres: EmbeddedPostgres
) -> None:
    engine, workspace_id = open_engine(database_url, pool_size=1), uuid4()
    _, _, pid = await seen_by(engine, workspace_id)
    await asyncio.to_thread(postgres.execute, f"SELECT pg_terminate_backend({pid})")
    user, workspace, new_pid = await seen_by(engine, workspace_id)
    await engine.dispose()
    assert (user, workspace) == (ROLE, str(workspace_id))
    assert new_pid != pid


@pytest.mark.parametrize("turns", range(6))
async def test_a_new_connection_that_the_server_ends_before_its_first_use_is_a_lost_one(
    database_url: str, postgres: EmbeddedPostgres, turns: int
) -> None:
    """However much of its end the driver has heard by then: it reads in turns of the loop."""
    engine = open_engine(database_url, pool_size=1)

    async def end(driver: Any) -> None:
        postgres.execute(f"SELECT pg_terminate_backend({driver.get_server_pid()}, 5000)")
        for _ in range(turns):
            await asyncio.sleep(0)

    event.listen(engine.sync_engine, "connect", lambda connection, _: connection.run_async(end))
    with pytest.raises(DBAPIError) as caught:
        await seen_by(engine, uuid4())
    await engine.dispose()
    assert isinstance(as_app_error(caught.value), Unavailable), repr(caught.value)


async def test_a_session_that_has_begun_cannot_be_narrowed(database_url: str) -> None:
    engine = open_engine(database_url, pool_size=1)
    async with open_sessions(engine)() as session:
        await seen(session)
        with pytest.raises(InvalidRequestError, match="already begun"):
            await restrict(session, uuid4())
    await engine.dispose()
