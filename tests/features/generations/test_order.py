"""What waits is held, released, moved and made urgent through the API, and workers take it in that order."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from spoonfeeder.durable.claim import claim
from spoonfeeder.features.generations.line import GENERATIONS
from tests.fixtures.application import Application
from tests.fixtures.server_mode import ServerMode
from tests.fixtures.workflows import workflow
from tests.socket_client import open_socket
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/comfyui/generations"
END = "UPDATE comfyui_generations SET status = 'cancelled' WHERE id = :id"
ON_HOLD = "On hold."
GRAPH = workflow("model_free_trivial")


class Queue:
    """One person's work on a server without workers."""

    def __init__(self, server: ServerMode, app: Application) -> None:
        self.server, self.app = server, app

    async def made(self, number: int, session_id: str | None = None, **body: Any) -> list[str]:
        session_id = session_id or await self.app.session()
        return [(await self.app.generate(session_id, workflow_json=GRAPH, **body))["id"] for _ in range(number)]

    async def move(self, generation_id: str, status: int = 200, **where: str) -> Any:
        return await self.app.json("POST", f"{PATH}/{generation_id}/move", status, json=where)

    async def act(self, generation_id: str, action: str, status: int = 200) -> Any:
        return await self.app.json("POST", f"{PATH}/{generation_id}/{action}", status)

    async def shown(self) -> list[str]:
        """All that waits, as the list sorted by the queue has it, two a page."""
        order: list[str] = []
        params: dict[str, Any] = {"sort": "queue", "limit": 2}
        while params.get("cursor", "") is not None:
            page = (await self.app.http.get(f"/api{PATH}", params=params)).json()
            order += [row["id"] for row in page["data"]]
            params["cursor"] = page["next_cursor"]
        return order

    async def taken(self, *ids: str) -> list[str]:
        """These, in the order in which free slots get them."""
        order = []
        while (claimed := await claim(self.server.runtime, GENERATIONS)) is not None:
            order.append(str(claimed.id))
            await self.server.rows(END, id=claimed.id)
        return [each for each in order if each in ids]


async def queue_of(server: ServerMode) -> Queue:
    return Queue(server, server.acting_as(await server.stranger()))


async def test_what_is_held_is_left_out_until_it_is_released_and_everybody_is_told(server: ServerMode) -> None:
    person = await server.stranger()
    queue = Queue(server, server.acting_as(person))
    first, second = await queue.made(2)
    async with open_socket(server.url, auth={"token": person.token}) as client:
        held = await queue.act(first, "hold")
        assert (held["status"], held["waiting_reason"]) == ("pending", ON_HOLD)
        assert held["held_at"]
        told = await client.event("generation:queued", lambda payload: payload["seq"] == held["seq"])
        assert (told["id"], told["waiting_reason"]) == (first, ON_HOLD)
        assert await queue.act(first, "hold") == held, "twice is once"
        assert await queue.taken(first, second) == [second]
        released = await queue.act(first, "release")
        assert (released["held_at"], released["waiting_reason"]) == (None, None)
        assert released["seq"] > held["seq"]
        assert await queue.act(first, "release") == released
        await client.event("generation:queued", lambda payload: payload["seq"] == released["seq"])
        seen = {payload["seq"] for payload in client.payloads("generation:queued")}
        assert {seq for seq in seen if seq >= held["seq"]} == {held["seq"], released["seq"]}
    assert await queue.taken(first, second) == [first]


async def test_moves_at_the_same_time_lead_to_places_of_their_own(server: ServerMode) -> None:
    queue = await queue_of(server)
    ids = await queue.made(8)
    for where in ("front", "back"):
        await asyncio.gather(*(queue.move(each, to=where) for each in ids))
        counted = "SELECT count(DISTINCT queue_order) AS places FROM comfyui_generations WHERE id = ANY(:ids)"
        assert await server.rows(counted, ids=[UUID(each) for each in ids]) == [{"places": len(ids)}]
    await queue.taken()


async def test_another_window_is_told_of_a_new_place_and_priority(server: ServerMode) -> None:
    person = await server.stranger()
    queue = Queue(server, server.acting_as(person))
    moved, changed = await queue.made(2)
    async with open_socket(server.url, auth={"token": person.token}) as client:
        await queue.move(moved, to="front")
        await queue.app.json("PATCH", f"{PATH}/{changed}", json={"priority": -1})
        for each in (moved, changed):
            told = await client.event("resource:changed", lambda payload, wanted=each: payload["id"] == wanted)  # type: ignore[misc]
            assert (told["kind"], told["change"]) == ("generation", "updated")


async def test_a_held_one_can_be_cancelled(server: ServerMode) -> None:
    queue = await queue_of(server)
    [made] = await queue.made(1)
    await queue.act(made, "hold")
    assert (await queue.act(made, "cancel"))["status"] == "cancelled"


async def test_each_is_moved_to_where_it_shall_stand(server: ServerMode) -> None:
    queue = await queue_of(server)
    a, b, c, d, e, f = await queue.made(6)
    await queue.move(e, to="front")
    assert (await queue.move(f, to="front"))["ahead"] is True
    await queue.move(a, to="back")
    await queue.move(d, before=b)
    await queue.move(c, after=f)
    assert await queue.shown() == [f, c, e, d, b, a]
    assert await queue.taken(a, b, c, d, e, f) == [f, c, e, d, b, a]


async def test_between_two_there_is_always_room(server: ServerMode) -> None:
    queue = await queue_of(server)
    a, b, c = await queue.made(3)
    for _ in range(60):
        await queue.move(c, after=a)
        b, c = c, b
    assert await queue.taken(a, b, c) == [a, b, c]


async def test_what_was_put_back_stays_before_what_comes_later(server: ServerMode) -> None:
    queue = await queue_of(server)
    session_id = await queue.app.session()
    ids = await queue.made(3, session_id)
    await queue.move(ids[0], to="front")
    back = await queue.move(ids[0], to="back")
    assert back["ahead"] is False
    await queue.move(ids[1], to="back")
    [later] = await queue.made(1, session_id)
    assert await queue.taken(*ids, later) == [ids[2], ids[0], ids[1], later]


async def test_the_front_is_before_all_of_ones_own_and_nobody_elses(server: ServerMode) -> None:
    """A colleague whose turn it is comes first, also before what was put in front."""
    person = await server.stranger()
    queue = Queue(server, server.acting_as(person))
    served, other = [await queue.app.session() for _ in range(2)]
    assert len(await queue.taken(*await queue.made(1, served))) == 1
    mine = await queue.made(2, other) + await queue.made(2, served)
    colleague = Queue(server, server.acting_as(await server.person(workspace=person.workspace_id)))
    colleague.app.made = queue.app.made
    [theirs] = await colleague.made(1)
    await queue.move(mine[1], to="front")
    await queue.move(mine[3], to="front")
    assert await queue.taken(*mine, theirs) == [theirs, mine[3], mine[1], mine[0], mine[2]]


async def test_a_colleague_may_put_it_in_order_among_its_owners_own(server: ServerMode) -> None:
    person = await server.stranger()
    queue = Queue(server, server.acting_as(person))
    colleague = Queue(server, server.acting_as(await server.person(workspace=person.workspace_id)))
    viewer = Queue(server, server.acting_as(await server.person("viewer", person.workspace_id)))
    first, second = await queue.made(2)
    assert (await viewer.move(second, 403, to="front"))["code"] == "FORBIDDEN"
    await colleague.move(second, before=first)
    await colleague.act(first, "hold")
    assert await queue.taken(first, second) == [second]


async def test_only_neighbours_of_one_part_of_the_queue_follow_each_other(server: ServerMode) -> None:
    person = await server.stranger()
    queue = Queue(server, server.acting_as(person))
    colleague = Queue(server, server.acting_as(await server.person(workspace=person.workspace_id)))
    colleague.app.made = queue.app.made
    session_id = await queue.app.session()
    [here], [elsewhere] = await queue.made(1, session_id), await queue.made(1)
    [urgent], [theirs] = await queue.made(1, session_id, priority=-1), await colleague.made(1, session_id)
    for other in (elsewhere, urgent, theirs, here):
        assert (await queue.move(here, 409, before=other))["code"] == "NOT_BESIDE"
    assert (await queue.move(here, 404, after=str(uuid4())))["code"] == "GENERATION_NOT_FOUND"


async def test_the_more_urgent_goes_first_and_only_admins_make_it_so(server: ServerMode) -> None:
    queue = await queue_of(server)
    admin = Queue(server, server.acting_as(server.admin))
    a, b = await queue.made(2)
    [own] = await admin.made(1)
    assert (await queue.app.json("PATCH", f"{PATH}/{a}", 403, json={"priority": 1}))["code"] == "FORBIDDEN"
    assert (await queue.app.json("PATCH", f"{PATH}/{a}", json={"priority": -1}))["priority"] == -1
    assert (await admin.app.json("PATCH", f"{PATH}/{own}", json={"priority": 5, "favorite": True}))["favorite"]
    await queue.move(a, to="front")
    c, d = await queue.made(2)
    await queue.act(c, "hold")
    assert await queue.shown() == [b, d, a, c]
    assert await queue.taken(a, b, own) == [own, b, a]
    await server.rows("UPDATE comfyui_generations SET priority = 5 WHERE id = :id", id=UUID(b))
    again = [await queue.app.json("POST", f"{PATH}/{each}/rerun", 201) for each in (a, b)]
    assert [row["priority"] for row in again] == [-1, 0]


async def test_what_has_begun_or_ended_stands_in_no_queue(server: ServerMode) -> None:
    queue = await queue_of(server)
    session_id = await queue.app.session()
    ended, running, waiting = await queue.made(3, session_id)
    await queue.act(ended, "cancel")
    begin = "UPDATE comfyui_generations SET status = 'running', lease_until = now() + interval '1 hour' WHERE id = :id"
    await server.rows(begin, id=UUID(running))
    for each in (ended, running):
        for action in ("hold", "release"):
            assert (await queue.act(each, action, 409))["code"] == "ALREADY_STARTED"
        assert (await queue.move(each, 409, to="front"))["code"] == "ALREADY_STARTED"
        assert (await queue.move(waiting, 409, after=each))["code"] == "ALREADY_STARTED"
        whole = await queue.app.json("GET", f"{PATH}/{each}")
        changed = await queue.app.json("PATCH", f"{PATH}/{each}", json=whole | {"favorite": True})
        assert changed["favorite"], "a row sent back as it is changes no priority"
        assert (await queue.app.json("PATCH", f"{PATH}/{each}", 409, json={"priority": -1}))[
            "code"
        ] == "ALREADY_STARTED"
    await server.rows(END, id=UUID(running))


@pytest.mark.parametrize("action", ["hold", "move", "priority"])
async def test_what_is_taken_at_the_same_moment_is_told_so_and_stays_as_it_was(server: ServerMode, action: str) -> None:
    queue = await queue_of(server)
    [made] = await queue.made(1)
    calls = {
        "hold": lambda: queue.act(made, "hold", 409),
        "move": lambda: queue.move(made, 409, to="front"),
        "priority": lambda: queue.app.json("PATCH", f"{PATH}/{made}", 409, json={"priority": -1}),
    }
    async with server.runtime.engine.begin() as connection:
        lease = "lease_until = now() + interval '1 hour', fence = fence + 1"
        take = text(f"UPDATE comfyui_generations SET status = 'running', {lease} WHERE id = :id")
        await connection.execute(take, {"id": UUID(made)})
        call = asyncio.create_task(calls[action]())
        await until_async(lambda: _somebody_waits(server))
    assert (await call)["code"] == "ALREADY_STARTED"
    row = await queue.app.json("GET", f"{PATH}/{made}")
    assert (row["status"], row["held_at"], row["ahead"], row["priority"]) == ("running", None, False, 0)
    await server.rows(END, id=UUID(made))


async def _somebody_waits(server: ServerMode) -> bool:
    return bool(
        await server.rows(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    )


async def test_another_workspaces_row_does_not_exist(server: ServerMode) -> None:
    queue, stranger = await queue_of(server), await queue_of(server)
    [mine], [theirs] = await queue.made(1), await stranger.made(1)
    for action in ("hold", "release"):
        await queue.act(theirs, action, 404)
    for where in ({"to": "front"}, {"before": mine}):
        await queue.move(theirs, 404, **where)
    await queue.move(mine, 404, after=theirs)
    await queue.app.json("PATCH", f"{PATH}/{theirs}", 404, json={"priority": -1})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"to": "top"},
        {"to": None},
        {"to": "front", "before": str(uuid4())},
        {"before": str(uuid4()), "after": str(uuid4())},
        {"before": "x"},
        {"after": 5},
        {"to": ["front"]},
        {"place": 1},
        [],
    ],
    ids=range(10),
)
async def test_a_place_that_is_none_is_refused(server: ServerMode, body: Any) -> None:
    queue = await queue_of(server)
    [made] = await queue.made(1)
    refused = await queue.app.json("POST", f"{PATH}/{made}/move", 422, json=body)
    assert refused["code"] == "VALIDATION_ERROR"
