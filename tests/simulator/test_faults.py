"""What can be made to go wrong goes wrong as asked, and only as often as asked."""

import asyncio
import json

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from spoonfeeder.simulator import Options, Simulator
from tests.simulator.conftest import plain_picture, run, saved, sleeping, submit, text_to_image
from tests.waiting import until

CHOSEN = "4beb7f0a-aacf-4e76-908f-f859a58de1ce"


def connecting(simulator: Simulator, client_id: str = "someone") -> connect:
    return connect(simulator.url.replace("http", "ws", 1) + f"/ws?clientId={client_id}", max_size=None)


async def first_event(socket: ClientConnection) -> str:
    return str(json.loads(await asyncio.wait_for(socket.recv(), 20))["type"])


async def test_lost_reply_leaves_the_prompt_queued(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    simulator.faults.add("/prompt", "drop_reply", method="POST")
    body = {"prompt": plain_picture(), "prompt_id": CHOSEN}
    with pytest.raises(httpx2.TransportError):
        await http.post("/prompt", json=body)
    await simulator.settled()

    assert [one.outcome for one in simulator.log.of(CHOSEN)] == ["success"]
    assert (await http.get(f"/history/{CHOSEN}")).json()[CHOSEN]["status"]["completed"]


async def test_lost_request_leaves_nothing(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    simulator.faults.add("/prompt", "drop_request", method="POST")
    with pytest.raises(httpx2.TransportError):
        await http.post("/prompt", json={"prompt": plain_picture(), "prompt_id": CHOSEN})

    assert simulator.queue.remaining() == 0
    assert simulator.log.of(CHOSEN) == []
    assert await submit(http, plain_picture(), prompt_id=CHOSEN) == CHOSEN


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "text"),
    [
        ("status", 503, "application/json", '{"error": "made up by the simulator"}'),
        ("html", 502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>"),
        ("empty", 200, "application/json", ""),
    ],
)
async def test_made_up_answers_come_once(
    simulator: Simulator, http: httpx2.AsyncClient, kind: str, status: int, content_type: str, text: str
) -> None:
    simulator.faults.add("/queue", kind, status=503)  # type: ignore[arg-type]
    answer = await http.get("/api/queue")

    assert (answer.status_code, answer.headers["content-type"], answer.text) == (status, content_type, text)
    assert (await http.get("/queue")).json() == {"queue_running": [], "queue_pending": []}


async def test_cut_file_ends_in_the_middle(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    entry = await run(simulator, http, text_to_image())
    simulator.faults.add("/view", "cut")
    with pytest.raises(httpx2.TransportError):
        await saved(http, entry, "9")


async def test_slow_answer_takes_its_time(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    simulator.faults.add("/view", "slow", seconds=5.0)
    with pytest.raises(httpx2.ReadTimeout):
        await http.get("/view?filename=x.png", timeout=httpx2.Timeout(20, read=0.1))


async def test_silent_socket_opens_and_says_nothing(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    simulator.faults.sockets_silent = True
    async with connecting(simulator) as socket:
        await run(simulator, http, plain_picture(), client_id="someone")
        await (await socket.ping())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.05)


async def test_frozen_socket_does_not_even_answer_pings(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    async with connecting(simulator) as socket:
        assert await first_event(socket) == "status"
        simulator.freeze_sockets()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(await socket.ping(), 0.1)
        assert (await http.get("/prompt")).status_code == 200
        await simulator.kill()


async def test_refused_socket(simulator: Simulator) -> None:
    simulator.faults.sockets_refused = True
    with pytest.raises(InvalidStatus):
        await connecting(simulator)


async def test_dead_worker_accepts_and_never_runs(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    simulator.faults.worker_dead = True
    stuck = await submit(http, plain_picture())
    await until(lambda: simulator.queue.is_running(stuck))
    behind = await submit(http, plain_picture(1))

    shown = (await http.get("/queue")).json()
    assert [item[1] for item in shown["queue_running"]] == [stuck]
    assert [item[1] for item in shown["queue_pending"]] == [behind]
    assert (await http.post("/interrupt", json={"prompt_id": stuck})).status_code == 200
    assert simulator.runs == []


async def test_older_worker_dies_of_odd_extra_data() -> None:
    async with Simulator(Options(version="0.3.64")) as old, httpx2.AsyncClient(base_url=old.url, timeout=60) as http:
        fatal = await submit(http, plain_picture(), extra_data=5)
        await until(lambda: old.queue.is_running(fatal))
        await submit(http, plain_picture(1))

        assert (await http.get("/prompt")).json() == {"exec_info": {"queue_remaining": 2}}
        assert old.runs == []


async def test_client_id_that_is_no_text_ends_the_server(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    async with connecting(simulator) as socket:
        accepted = await http.post("/prompt", json={"prompt": plain_picture(), "client_id": {"a": 1}})
        await asyncio.wait_for(simulator.died.wait(), 20)

        assert accepted.status_code == 200
        await until(lambda: socket.close_code is not None)
        assert socket.close_code == 1006


async def test_kill_cuts_sockets_and_forgets_all_but_files(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    preview = {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
    entry = await run(simulator, http, {**plain_picture(), "3": preview})
    running = await submit(http, sleeping(30))
    async with connecting(simulator) as socket:
        assert await first_event(socket) == "status"
        await simulator.restart()
        await until(lambda: socket.close_code is not None)
        assert socket.close_code == 1006

    assert (await http.get("/history")).json() == {}
    assert (await http.get("/prompt")).json() == {"exec_info": {"queue_remaining": 0}}
    assert [one.outcome for one in simulator.log.of(running)] == [None]
    kept, lost = (entry["outputs"][node_id]["images"][0] for node_id in ("2", "3"))
    assert (await http.get("/view", params=kept)).status_code == 200
    assert (await http.get("/view", params=lost)).status_code == 404


async def test_hostile_history_entry(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    simulator.faults.history_entries[CHOSEN] = {"outputs": {"9": {"images": [{"filename": "../../etc/passwd"}]}}}

    assert "passwd" in (await http.get(f"/history/{CHOSEN}")).text


async def test_foreign_origin_is_refused_at_loopback(http: httpx2.AsyncClient, simulator: Simulator) -> None:
    own = await http.get("/queue", headers={"Origin": simulator.url})
    foreign = await http.get("/queue", headers={"Origin": "http://evil.example"})

    assert (own.status_code, foreign.status_code, foreign.text) == (200, 403, "")
