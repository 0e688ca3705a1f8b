"""Starting, losing Redis, stopping."""

import asyncio
import json
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from redis.asyncio import Redis
from websockets.exceptions import InvalidStatus

from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.realtime.emitter import Emitter
from tests.socket_client import SocketClient, open_socket
from tests.sockets.stage import Stage
from tests.waiting import until, until_async


async def test_what_was_missed_while_redis_was_away_is_told_when_it_is_back(tmp_path: Path) -> None:
    """I6: a client that stays connected sees every end, even one that was never emitted."""
    with EmbeddedRedis(tmp_path / "redis", durable=False) as redis:
        emitter = Emitter(redis.url)
        stage = Stage(redis.url, emitter)
        one, session_id = stage.run(), stage.run()
        stage.rows.sessions[session_id] = [stage.rows.generations[session_id]]
        async with stage.api() as (url, sockets), open_socket(url) as client, open_socket(url) as other:
            await client.call("subscribe:generation", str(one))
            await other.call("subscribe:generation", str(one))
            await other.call("subscribe:session", str(session_id))
            redis.stop()
            await until(lambda: not sockets.healthy)
            await stage.complete(one, told=False)
            other.received.clear()
            redis.start()
            for watcher in (client, other):
                await watcher.event("generation:completed", lambda payload: payload["id"] == str(one))
            await other.event("generation:started", lambda payload: payload["id"] == str(session_id))
            await until(lambda: sockets.healthy)
        await emitter.close()


async def test_what_was_missed_is_told_once_the_database_is_back_too(stage: Stage) -> None:
    one = stage.run()
    async with (
        Redis.from_url(stage.redis_url) as admin,
        stage.api() as (url, _),
        open_socket(url) as client,
    ):
        await client.call("subscribe:generation", str(one))
        await stage.complete(one, told=False)
        stage.rows.broken = True
        await admin.execute_command("CLIENT KILL TYPE pubsub")
        await until(lambda: stage.rows.refused > 0)
        assert not client.payloads("resync")
        stage.rows.broken = False
        await client.event("generation:completed", lambda payload: payload["id"] == str(one))
        await client.event("resync")


async def test_who_subscribed_to_nothing_hears_that_something_may_have_been_missed(stage: Stage) -> None:
    async with (
        Redis.from_url(stage.redis_url) as admin,
        stage.api() as (here, _),
        stage.api() as (elsewhere, _),
        open_socket(here) as one,
        open_socket(here) as another,
        open_socket(elsewhere) as third,
    ):
        clients = (one, another, third)
        for client in clients:
            client.received.clear()
        await admin.execute_command("CLIENT KILL TYPE pubsub")
        for client in clients:
            assert await client.event("resync") == {}


async def test_twenty_killed_subscriptions_leave_no_process_deaf(stage: Stage) -> None:
    generation_id = stage.run()
    async with (
        Redis.from_url(stage.redis_url) as admin,
        stage.api() as (one, _),
        stage.api() as (two, _),
        open_socket(one) as here,
        open_socket(two) as there,
    ):
        for client in (here, there):
            await client.call("subscribe:generation", str(generation_id))
        for n in range(1, 21):
            await admin.execute_command("CLIENT KILL TYPE pubsub")
            for client in (here, there):
                await until_async(partial(_hears, stage, client, generation_id, n))


async def _hears(stage: Stage, client: SocketClient, generation_id: UUID, n: int) -> bool:
    """Whether one of the progress events with this number has arrived; emits another."""
    await stage.progress(generation_id, n)
    return any(payload["progress"] == n for payload in client.payloads("generation:progress"))


async def test_long_polling_works_and_ends_at_once_when_the_server_stops(stage: Stage) -> None:
    generation_id = stage.run()
    async with stage.api() as (url, sockets), httpx2.AsyncClient(base_url=url, timeout=30) as http:
        opened = (await http.get("/socket.io/?EIO=4&transport=polling")).text
        address = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened[1:])['sid']}"
        assert (await http.post(address, content="40")).text == "OK"
        assert (await http.get(address)).text.startswith("40")
        await http.post(address, content=f'421["subscribe:generation","{generation_id}"]')
        told = (await http.get(address)).text
        while "431" not in told:
            told += (await http.get(address)).text
        assert told.index("generation:started") < told.index('431[{"ok":true}]')
        waiting = asyncio.create_task(http.get(address))
        [polled] = sockets.server.eio.sockets.values()
        await until(lambda: polled.queue._getters)
        async with asyncio.timeout(15):  # the next ping would come after 20
            await sockets.close()
            assert (await waiting).text == "1"


async def test_a_websocket_that_a_proxy_does_not_let_upgrade_is_told_so(stage: Stage) -> None:
    half = {"Upgrade": "websocket", "Connection": "close"}
    async with stage.api() as (url, sockets), httpx2.AsyncClient(base_url=url, timeout=30) as http:
        refused = await http.get("/socket.io/?EIO=4&transport=websocket", headers=half)
        assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
        assert not sockets.server.eio.sockets


async def test_a_request_body_beyond_the_cap_ends_a_polling_socket(stage: Stage) -> None:
    async with stage.api() as (url, sockets), httpx2.AsyncClient(base_url=url, timeout=30) as http:
        opened = (await http.get("/socket.io/?EIO=4&transport=polling")).text
        address = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened[1:])['sid']}"
        assert (await http.post(address, content="4" + "x" * 70_000)).status_code == 400
        await until(lambda: not sockets.server.eio.sockets)


def _tasks() -> int:
    """Without engine.io's timers of the next ping, which end by themselves."""
    return sum("_send_ping" not in repr(task) for task in asyncio.all_tasks())


async def test_stopping_ends_every_socket_and_leaves_nothing_behind(stage: Stage) -> None:
    before = _tasks()
    async with stage.api() as (url, sockets), open_socket(url) as client, open_socket(url) as other:
        async with asyncio.timeout(15):  # the next ping would come after 20
            await sockets.close()
        await asyncio.gather(client.until_ended(), other.until_ended())
        assert not sockets.healthy
        with pytest.raises(InvalidStatus):
            await open_socket(url).__aenter__()
        await sockets.close()
    await until(lambda: _tasks() == before)
