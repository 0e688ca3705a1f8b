"""Who hears what."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.realtime.emitter import message_of
from spoonfeeder.realtime.events import Notification
from spoonfeeder.sockets.limits import Limits
from tests.socket_client import SocketClient, open_socket
from tests.sockets.stage import Stage

OK = {"ok": True}


def _is(generation_id: str) -> Callable[[Any], bool]:
    return lambda payload: payload["id"] == generation_id


async def _mark(stage: Stage, *clients: SocketClient) -> None:
    """Returns when every client has received all that was emitted before."""
    message = str(uuid4())
    event = Notification(workspace_id=DEFAULT_WORKSPACE_ID, message=message)
    await stage.emitter.publish(message_of(event))
    for client in clients:
        await client.event("notification", lambda payload: payload["message"] == message)


async def test_a_subscriber_gets_the_present_state_then_the_answer_then_what_happens(stage: Stage) -> None:
    generation_id = stage.run()
    async with stage.api() as (url, _), open_socket(url) as client:
        assert await client.call("subscribe:generation", str(generation_id)) == OK
        assert [received.name for received in client.received] == ["generation:started"]
        await stage.progress(generation_id, 45, node="9")
        payload = await client.event("generation:progress")
        assert payload == {
            "id": str(generation_id),
            "generationId": str(generation_id),
            "session_id": None,
            "status": "running",
            "progress": 45,
            "current_node": "9",
            "node": "9",
            "promptId": None,
            "seq": 2_000_045,
        }
        await stage.complete(generation_id)
        completed = await client.event("generation:completed")
        assert (completed["outputs"], completed["generation_time_seconds"], completed["progress"]) == ([], 1.5, 100)


@pytest.mark.parametrize("kind", ["task", "session", "generation"])
async def test_every_kind_takes_an_id_or_an_object_and_can_be_left(stage: Stage, kind: str) -> None:
    session_id = uuid4()
    subject = {"generation": stage.run(session_id), "session": session_id, "task": stage.start_task()}[kind]
    async with stage.api() as (url, _), open_socket(url) as client:
        assert await client.call(f"subscribe:{kind}", {"id": str(subject)}) == OK
        assert await client.call(f"subscribe:{kind}", str(subject).upper()) == OK
        assert len(client.received) == 2
        assert await client.call(f"unsubscribe:{kind}", str(subject)) == OK
        assert await client.call(f"unsubscribe:{kind}", {"id": str(subject)}) == OK
        client.received.clear()
        if kind != "task":
            generation_id = next(iter(stage.rows.generations))
            await stage.progress(generation_id)
            await _mark(stage, client)
            assert client.payloads("generation:progress") == []


async def test_nobody_gets_one_event_twice(stage: Stage) -> None:
    session_id = uuid4()
    generation_id = stage.run(session_id)
    async with stage.api() as (url, _), open_socket(url) as client, open_socket(url) as bystander:
        await client.call("subscribe:generation", str(generation_id))
        await client.call("subscribe:session", str(session_id))
        await stage.progress(generation_id)
        await stage.complete(generation_id)
        await _mark(stage, client, bystander)
        assert len(client.payloads("generation:progress")) == 1
        assert len(client.payloads("generation:completed")) == 1
        assert bystander.payloads("generation:progress") == []
        assert len(bystander.payloads("generation:completed")) == 1


NO_IDS: list[list[Any]] = [
    ["nonsense"],
    [""],
    [None],
    [17],
    [["3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e11"]],
    [{"generationId": "3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e11"}],
    [{"id": "3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e11", "room": "workspace:x"}],
    [{"id": {"id": "3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e11"}}],
    ["generation:3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e11"],
    ["3f0e6a1c5b0f4a949c1f0d7a4b8d2e11"],
    ["{3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e1}"],
    ["urn:uuid:3f0e6a1c-5b0f-4a94-9c1f-0d7a4b"],
    ["3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e1\u0000"],
    ["\uff13f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e11"],
    ["x" * 60_000],
    [],
    ["3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e11", "a second argument"],
]


async def test_what_is_no_id_is_refused_with_a_sentence(stage: Stage) -> None:
    stage.rows.generations[UUID("3f0e6a1c-5b0f-4a94-9c1f-0d7a4b8d2e11")] = stage.rows.generations[stage.run()]
    async with stage.api() as (url, _), open_socket(url) as client:
        for arguments in NO_IDS:
            answer = await client.call("subscribe:generation", *arguments)
            assert (answer["ok"], answer["code"]) == (False, "INVALID_ID"), arguments
            assert "id" in answer["error"]
        assert client.received == []


async def test_what_is_foreign_or_unknown_says_the_same_and_nothing_is_ever_heard_of_it(stage: Stage) -> None:
    foreign = stage.run()
    stage.rows.hidden.add(foreign)
    async with stage.api() as (url, _), open_socket(url) as client:
        answer = await client.call("subscribe:generation", str(foreign))
        assert answer == {"ok": False, "error": "There is nothing with this id.", "code": "NOT_FOUND"}
        assert await client.call("subscribe:generation", str(uuid4())) == answer
        for n in range(1, 20):
            await stage.progress(foreign, n)
        await _mark(stage, client)
        assert client.payloads("generation:progress") == []


async def test_an_unknown_event_is_answered(stage: Stage) -> None:
    async with stage.api() as (url, _), open_socket(url) as client:
        for name in ("TASK:subscribe", "subscribe:task_", "subscribe:workspace", "subscribe", "join"):
            answer = await client.call(name, str(uuid4()))
            assert (answer["ok"], answer["code"]) == (False, "UNKNOWN_EVENT"), name


async def test_a_database_away_is_a_sentence_and_no_subscription(stage: Stage) -> None:
    generation_id = stage.run()
    stage.rows.broken = True
    async with stage.api() as (url, _), open_socket(url) as client:
        answer = await client.call("subscribe:generation", str(generation_id))
        assert (answer["ok"], answer["code"]) == (False, "UNAVAILABLE")
        stage.rows.broken = False
        await stage.progress(generation_id)
        await _mark(stage, client)
        assert client.payloads("generation:progress") == []


async def test_subscribing_while_it_completes_never_misses_the_end(stage: Stage) -> None:
    """F31: the end is in the snapshot or comes as an event, whichever way the race goes."""
    tries = 1_000
    unhurried = Limits(events_per_second=1e6, event_burst=1_000_000)
    async with stage.api(unhurried) as (url, _), open_socket(url) as client, open_socket(url) as other:
        for number in range(tries):
            generation_id = stage.run()
            subscriber = (client, other)[number % 2]
            before = len(subscriber.received)

            async def end(generation_id: UUID = generation_id, number: int = number) -> None:
                for _ in range(number % 15):
                    await asyncio.sleep(0)
                await stage.complete(generation_id)

            answer, _ = await asyncio.gather(subscriber.call("subscribe:generation", str(generation_id)), end())
            assert answer == OK
            wanted = str(generation_id)
            await subscriber.event("generation:completed", _is(wanted))
            seqs = [received.payload["seq"] for received in subscriber.received[before:]]
            assert max(seqs) == 3_000_000
            await subscriber.call("unsubscribe:generation", wanted)


async def test_two_processes_deliver_to_the_same_rooms(stage: Stage) -> None:
    session_id = uuid4()
    generation_id = stage.run(session_id)
    async with (
        stage.api() as (one, _),
        stage.api() as (other, _),
        open_socket(one) as here,
        open_socket(other) as there,
    ):
        await here.call("subscribe:generation", str(generation_id))
        await there.call("subscribe:session", str(session_id))
        for n in range(1, 51):
            await stage.progress(generation_id, n)
        await stage.complete(generation_id)
        await _mark(stage, here, there)
        for client in (here, there):
            assert [payload["progress"] for payload in client.payloads("generation:progress")] == list(range(1, 51))
            assert len(client.payloads("generation:completed")) == 1
