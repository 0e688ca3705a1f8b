"""A worker that is held up between writing that it calls and calling: what is lost by then is not paid for."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from spoonfeeder.durable.lease import LeaseLost
from spoonfeeder.durable.serving import take
from spoonfeeder.features.tasks.jobs import see_through
from spoonfeeder.features.tasks.line import TASKS
from spoonfeeder.runtime import Runtime, open_runtime
from tests.features.foreign import database
from tests.features.tasks.done import at, calls, ended, queue
from tests.fixtures import openai_replies
from tests.fixtures.application import Application, serve_work
from tests.fixtures.scripted import scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Clock:
    """By which a holder tells how old its last good heartbeat is."""

    paused_seconds = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.paused_seconds


def is_intent(statement: str) -> bool:
    return statement.startswith("UPDATE tasks SET") and "sent_at=" in statement


@contextmanager
def paused_once_sent_at_is_written(runtime: Runtime, patch: pytest.MonkeyPatch, *, is_taken: bool) -> Iterator[None]:
    """For longer than the lease; `is_taken`: meanwhile another worker took the row over."""
    clock = Clock()
    patch.setattr("spoonfeeder.durable.lease.time", clock)

    def pause(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> tuple[str, Any]:
        if not is_intent(statement):
            return statement, parameters
        clock.paused_seconds = runtime.settings.lease_seconds * 2
        return statement.replace(" SET ", " SET fence=tasks.fence + 1, ", int(is_taken)), parameters

    event.listen(runtime.engine.sync_engine, "before_cursor_execute", pause, retval=True)
    yield
    assert clock.paused_seconds


async def test_what_another_worker_has_by_then_is_not_sent(
    shared_api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted(openai_replies.stream()) as server, open_runtime(shared_api.settings) as runtime:
        task_id = await queue(shared_api, await at(server, shared_api))
        with paused_once_sent_at_is_written(runtime, monkeypatch, is_taken=True):
            lease = await take(runtime, TASKS)
            assert lease is not None
            with pytest.raises(LeaseLost):
                await see_through(lease)
    assert server.asked == []
    await end(shared_api, task_id)


async def end(api: Application, task_id: str) -> None:
    """Else the next test may take it over, once its lease has run out."""
    async with database(api.settings) as session:
        await session.execute(text("UPDATE tasks SET status = 'cancelled' WHERE id = :id"), {"id": task_id})


async def test_what_is_still_ours_is_sent(shared_api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted(openai_replies.stream()) as server, open_runtime(shared_api.settings) as runtime:
        task_id = await queue(shared_api, await at(server, shared_api))
        with paused_once_sent_at_is_written(runtime, monkeypatch, is_taken=False):
            lease = await take(runtime, TASKS)
            assert lease is not None
            await see_through(lease)
        row = await ended(shared_api, task_id)
    assert (row["status"], len(server.asked)) == ("complete", 1), row


@contextmanager
def lost_answer(runtime: Runtime, error: BaseException) -> Iterator[None]:
    """The first commit of `sent_at` is carried out, and nobody here hears of it."""
    commits: list[bool] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if is_intent(statement):
            commits.append(False)

    def lose(connection: Connection) -> None:
        if commits == [False]:
            commits[0] = True
            assert connection.connection.dbapi_connection is not None
            connection.connection.dbapi_connection.commit()
            raise error

    event.listen(runtime.engine.sync_engine, "before_cursor_execute", note)
    event.listen(runtime.engine.sync_engine, "commit", lose)
    yield
    assert commits[0]


async def test_a_lost_answer_of_the_database_leaves_no_call_open(shared_api: Application) -> None:
    async with scripted(openai_replies.stream()) as server, open_runtime(shared_api.settings) as runtime:
        task_id = await queue(shared_api, await at(server, shared_api))
        lease = await take(runtime, TASKS)
        assert lease is not None
        with lost_answer(runtime, ConnectionResetError()):
            await see_through(lease)
        row = await ended(shared_api, task_id)
    assert (row["status"], len(server.asked)) == ("complete", 1), row
    assert await calls(shared_api, task_id) == [("unknown", None), ("complete", None)]


async def test_nor_does_one_that_a_stop_did_not_wait_for(shared_api: Application) -> None:
    async with scripted(openai_replies.stream()) as server:
        task_id = await queue(shared_api, await at(server, shared_api))
        async with open_runtime(shared_api.settings) as runtime:
            lease = await take(runtime, TASKS)
            assert lease is not None
            with lost_answer(runtime, asyncio.CancelledError()), pytest.raises(asyncio.CancelledError):
                await see_through(lease)
            await lease.hand_back()
        async with serve_work(shared_api.settings):
            row = await ended(shared_api, task_id)
    assert (row["status"], len(server.asked)) == ("complete", 1), row
    assert await calls(shared_api, task_id) == [("unknown", None), ("complete", None)]
