"""Who sits where: everybody in local mode, and whoever the watch is told still may."""

import asyncio
from collections.abc import Collection
from typing import Any
from uuid import uuid4

from spoonfeeder.core.actor import User
from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.features.auth.authority import Pass
from spoonfeeder.features.auth.credentials import ApiKeyHash
from spoonfeeder.realtime import tasks
from spoonfeeder.sockets import Sockets
from spoonfeeder.sockets.subscriptions import Seat
from spoonfeeder.sockets.watch import Pace, Watch
from tests.socket_client import open_socket
from tests.sockets.stage import Stage
from tests.waiting import until


async def test_in_local_mode_nobody_needs_a_token_and_none_is_looked_at(stage: Stage) -> None:
    generation_id = stage.run()
    async with stage.api() as (url, _):
        for auth in (None, {}, {"token": "x"}, {"token": 1, "workspace": "x"}, "x"):
            async with open_socket(url, {"Authorization": "x"}, auth=auth, query="&token=x") as client:
                assert await client.call("authenticate", auth) == {"ok": True}
                assert await client.call("subscribe:generation", str(generation_id)) == {"ok": True}


async def test_all_are_asked_about_together_and_nothing_while_nobody_is_here() -> None:
    one, two, later = (Pass(User(uuid4(), uuid4(), api_key_id=uuid4()), ApiKeyHash(str(n))) for n in range(3))
    seats = {"a": Seat(one), "b": Seat(one), "c": Seat(two, confirmed_at=0.0)}
    questions: list[set[Any]] = []

    async def still_held(passes: Collection[Pass]) -> dict[Pass, WorkspaceRole]:
        questions.append({held.shown for held in passes})
        return dict.fromkeys(passes, WorkspaceRole.MEMBER if len(questions) < 3 else WorkspaceRole.VIEWER)

    watch = Watch(Sockets().server, seats, Pace(period_seconds=0))
    watching = asyncio.create_task(watch.watch_for_ever(still_held))
    await until(lambda: {seat.held.actor.role for seat in seats.values()} == {WorkspaceRole.VIEWER})
    assert seats["c"].confirmed_at > 0
    assert questions[0] == {one.shown, two.shown}
    seats.clear()
    seats["d"] = Seat(later)
    await until(lambda: questions[-1] == {later.shown})
    seats.clear()
    for _ in range(20):
        await asyncio.sleep(0)
    seats["d"] = Seat(one)
    await until(lambda: questions[-1] == {one.shown})
    await tasks.cancel(watching)
    assert all(questions)
