"""F28, F29: a browser that comes and goes a hundred times, while the API it hangs on is killed as well."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from random import Random

import httpx2
from websockets.exceptions import WebSocketException

from tests.chaos.drills.scene import Scene, kept_alive, open_scene
from tests.chaos.findings import Findings
from tests.chaos.watcher import ENDS
from tests.machines.stage import RoundRobin
from tests.socket_client import Refused, SocketClient, open_socket

SEEN_SECONDS = 2.0
ENDED = {"completed", "failed", "cancelled"}


class Browser:
    """Reads the present state whenever it is connected anew, then listens; knows nothing else of the work.

    `seen` says when the end of each generation was first known. `again` counts ends that one connection was told as the
    present state and as news; the page knows by `seq` that it has them.
    """

    def __init__(self, scene: Scene, random: Random) -> None:
        self._scene = scene
        self._random = random
        self._apis: Iterator[str] = cycle(api.url for api in scene.apis)
        self.seen: dict[str, float] = {}
        self.connections = self.again = 0

    async def come_and_go(self, times: int) -> None:
        for _ in range(times):
            with suppress(OSError, WebSocketException, Refused, httpx2.HTTPError, TimeoutError, asyncio.CancelledError):
                async with open_socket(next(self._apis)) as client:
                    await self._stay(client, self._random.uniform(0.1, 0.5))
            await asyncio.sleep(self._random.choice([0.02, 0.1, 1.0]))

    async def remain(self, within_seconds: float, wanted: int) -> None:
        deadline = time.monotonic() + within_seconds
        while len(self.seen) < wanted and time.monotonic() < deadline:
            await self.come_and_go(1)

    async def _stay(self, client: SocketClient, seconds: float) -> None:
        self.connections += 1
        for session_id in self._scene.traffic.sessions:
            await client.call("subscribe:session", session_id, within_seconds=5)
        await self._read()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await client.ended.wait()
        told = Counter((name, payload["id"], payload["seq"]) for name, payload, _ in client.received if name in ENDS)
        self.again += sum(count > 1 for count in told.values())
        for name, payload, at in client.received:
            if name in ENDS:
                self.seen.setdefault(payload["id"], at)

    async def _read(self) -> None:
        answer = await self._scene.traffic.http.get("/api/comfyui/generations?limit=200")
        for row in answer.raise_for_status().json()["data"]:
            if row["status"] in ENDED:
                self.seen.setdefault(row["id"], time.monotonic())


async def flapping(full: bool) -> Findings:
    number, times = (100, 100) if full else (40, 40)
    async with open_scene(apis=2) as scene, kept_alive(*scene.apis):
        assert isinstance(scene.traffic.http, RoundRobin)
        browser = Browser(scene, Random(28))

        async def kill_apis() -> None:
            for api in cycle(scene.apis):
                await asyncio.sleep(6)
                await api.kill()
                await api.wait_until_ready()

        killing = asyncio.create_task(kill_apis())
        async with asyncio.TaskGroup() as group:
            group.create_task(scene.traffic.create(number, times * 0.7))
            group.create_task(browser.come_and_go(times))
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
        await asyncio.gather(*(api.wait_until_ready() for api in scene.apis))
        settled = time.monotonic() + await scene.settle()
        await browser.remain(10, number)
        findings = await scene.check()
        late = max((at for at in browser.seen.values()), default=settled) - settled
        findings.figures |= {
            "connections": str(browser.connections),
            "API killed": str(sum(api.kills for api in scene.apis)),
            "ends seen": f"{len(browser.seen)} of {number}",
            "ends told again": str(browser.again),
            "last seen after its end": f"{max(0, late):.1f} s",
        }
        missed = [known for known in scene.traffic.acked.values() if known not in browser.seen]
        findings.expect(not missed, f"ends never seen: {missed[:5]}")
        findings.expect(late <= SEEN_SECONDS, f"the last end was seen {late:.1f} s late")
        return findings
