"""The writer of the API log: what waits is bounded, and written as soon as the database takes it."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, NO_WORKSPACE, User
from spoonfeeder.core.settings import Settings
from spoonfeeder.features.logs import writer
from spoonfeeder.features.logs.calls import AT_ONCE, NOBODYS_AT_ONCE, WaitingCalls
from spoonfeeder.features.logs.writer import purge_api_log, writing
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.work import open_account_work
from tests.fixtures.application import serve_api
from tests.waiting import until


def add(calls: WaitingCalls, *numbers: int, actor: User | None = None) -> None:
    """One call of each number, which is its status."""
    for number in numbers:
        scope = {"method": "GET", "state": {"actor": actor}, "client": ("127.0.0.1", 1)}
        calls.add(scope, 1_700_000_000.0 + number, number, 0.001)


def statuses(calls: WaitingCalls) -> list[int]:
    return [call.status for call in calls.take()]


async def written(runtime: Runtime) -> list[Any]:
    async with runtime.sessions() as session:
        return list(await session.scalars(text("SELECT status FROM api_log ORDER BY at")))


def test_the_oldest_go_when_too_many_wait() -> None:
    calls = WaitingCalls(most=3)
    add(calls, 1, 2, 3, 4, 5)
    assert calls.lost == 2
    assert statuses(calls) == [3, 4, 5]


def test_a_flood_by_nobody_does_not_push_out_what_somebody_did() -> None:
    calls = WaitingCalls()
    somebody = User(DEFAULT_WORKSPACE_ID, uuid4())
    add(calls, 200, actor=somebody)
    add(calls, *[404] * 20_000)
    add(calls, 201, actor=somebody)
    kept = [call.status for _ in range(100) for call in calls.take()]
    assert (kept[0], kept[-1]) == (200, 201)
    assert NOBODYS_AT_ONCE <= kept.count(404) < 2 * NOBODYS_AT_ONCE
    assert calls.lost == 20_000 - kept.count(404)


def test_what_comes_back_goes_first_as_far_as_there_is_room() -> None:
    calls = WaitingCalls(most=3)
    add(calls, 1, 2, 3)
    taken = calls.take()
    add(calls, 4, 5)
    calls.put_back(taken)
    assert calls.lost == 2
    assert statuses(calls) == [3, 4, 5]


def test_a_batch_is_enough() -> None:
    calls = WaitingCalls()
    add(calls, *[200] * (AT_ONCE - 1))
    assert not calls.enough.is_set()
    add(calls, 200, 200)
    assert calls.enough.is_set()
    assert len(calls.take()) == AT_ONCE
    assert not calls.enough.is_set()


async def test_a_database_that_is_away_gets_it_later(settings: Settings) -> None:
    calls = WaitingCalls()
    add(calls, 200, 404, 500)
    away = settings.model_copy(update={"database_url": SecretStr("postgresql://nobody@127.0.0.1:9/none")})
    async with open_runtime(away) as runtime, writing(runtime, calls):
        pass
    assert len(calls) == 3
    async with open_runtime(settings) as runtime:
        async with writing(runtime, calls):
            pass
        assert await written(runtime) == [200, 404, 500]
    assert (len(calls), calls.lost) == (0, 0)


async def test_what_the_database_refuses_does_not_hold_up_the_rest(settings: Settings) -> None:
    calls = WaitingCalls()
    add(calls, 99_999)  # no number of the column's type
    async with open_runtime(settings) as runtime, writing(runtime, calls):
        await until(lambda: not len(calls))
        add(calls, 200)
        await until(lambda: not len(calls))
    async with open_runtime(settings) as runtime:
        assert await written(runtime) == [200]


async def test_many_are_written_without_waiting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "FLUSH_SECONDS", 3_600)
    calls = WaitingCalls()
    actor = User(DEFAULT_WORKSPACE_ID)
    async with open_runtime(settings) as runtime:
        async with writing(runtime, calls):
            add(calls, *[200] * AT_ONCE * 3, actor=actor)
            await until(lambda: not len(calls))
        assert len(await written(runtime)) == AT_ONCE * 3


async def test_what_is_left_is_written_at_the_end(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "FLUSH_SECONDS", 3_600)
    async with serve_api(settings) as url, httpx2.AsyncClient(base_url=url, timeout=60) as http:
        await http.get("/api/profiles")
        await http.get("/api/nothing")
    async with open_runtime(settings) as runtime:
        assert await written(runtime) == [200, 404]


async def test_old_calls_are_forgotten_batch_by_batch(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PURGED_AT_ONCE", 2)
    fill = """
        INSERT INTO api_log (at, method, route, status, duration_ms)
        SELECT now() - make_interval(days => day), 'GET', '(none)', day, 1 FROM generate_series(25, 35) day
    """
    async with open_runtime(settings) as runtime:
        async with runtime.engine.begin() as connection:
            await connection.execute(text(fill))
        async with open_account_work(runtime, User(NO_WORKSPACE)) as work:
            await purge_api_log(work)
        assert await written(runtime) == [29, 28, 27, 26, 25]
