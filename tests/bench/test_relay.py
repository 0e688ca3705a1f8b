"""From the step that ComfyUI tells of to the browser that hears it, against the least that could carry it."""

import os
import secrets
from bisect import bisect
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from spoonfeeder.simulator import Options, Simulator
from tests.bench.processes import free_port, running
from tests.bench.steps import Delays, StepClock
from tests.fixtures.workflows import workflow
from tests.socket_client import SocketClient, open_socket
from tests.waiting import until_async

pytestmark = pytest.mark.bench

ROUNDS = 5
STEPS = 60
STEP_SECONDS = 0.12
SAMPLER = "3"
BARE_CLIENT = "bare"


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(Options(step_seconds=STEP_SECONDS)) as running_simulator:
        yield running_simulator


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=20) as client:
        yield client


def _graph() -> dict[str, Any]:
    graph = workflow("txt2img_sd15")
    graph[SAMPLER]["inputs"].update(steps=STEPS, seed=secrets.randbelow(2**48))
    return graph


async def _answers(http: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).status_code == 200
    except httpx2.TransportError:
        return False


class Floor:
    """A relay and a server of a few lines each, in two processes of their own."""

    def __init__(self, simulator: Simulator, http: httpx2.AsyncClient, clock: StepClock) -> None:
        self._simulator = simulator
        self._http = http
        self._clock = clock
        self._client: SocketClient | None = None

    async def open(self, stack: AsyncExitStack, redis_url: str) -> None:
        port = free_port()
        module = "tests.bench.bare_relay"
        await stack.enter_async_context(running(module, "serve", redis_url, str(port)))
        await stack.enter_async_context(running(module, "relay", redis_url, self._simulator.url, BARE_CLIENT))
        url = f"http://127.0.0.1:{port}"
        await until_async(lambda: _answers(self._http, f"{url}/socket.io/?EIO=4&transport=polling"), within_seconds=30)
        self._client = await stack.enter_async_context(open_socket(url))

    async def measure(self) -> Delays:
        assert self._client is not None
        prompt_id = str(uuid4())
        body = {"prompt": _graph(), "client_id": BARE_CLIENT, "prompt_id": prompt_id}
        assert (await self._http.post(f"{self._simulator.url}/prompt", json=body)).status_code == 200

        def is_last(data: Any) -> bool:
            return bool(data["prompt_id"] == prompt_id and data["value"] == STEPS)

        await self._client.event("progress", is_last, within_seconds=60)
        sent = self._clock.progress[prompt_id]
        delays = [
            received.at - sent[received.payload["value"]]
            for received in self._client.received
            if received.name == "progress" and received.payload["prompt_id"] == prompt_id
        ]
        assert len(delays) == STEPS
        return Delays.of(delays)


class Product:
    """API and worker as two processes, a session with a workflow, and a browser that watches it."""

    def __init__(self, simulator: Simulator, http: httpx2.AsyncClient, clock: StepClock) -> None:
        self._simulator = simulator
        self._http = http
        self._clock = clock
        self._client: SocketClient | None = None
        self._url = ""
        self._session = ""

    async def open(self, stack: AsyncExitStack, environment: dict[str, str]) -> None:
        port = free_port()
        environment = {**os.environ, **environment, "PORT": str(port), "DEMO": "off", "LOG_LEVEL": "warning"}
        for part in ("api", "worker"):
            await stack.enter_async_context(running("spoonfeeder", part, environment=environment))
        self._url = f"http://127.0.0.1:{port}"
        await until_async(lambda: _answers(self._http, f"{self._url}/api/health/ready"), within_seconds=30)
        profile = await self._made("/profiles", name="Bench", provider="comfyui", url=self._simulator.url)
        made = await self._made("/comfyui/workflows", name="Bench", profile_id=profile, workflow_json=_graph())
        self._session = await self._made("/comfyui/sessions", profile_id=profile, workflow_id=made)
        self._client = await stack.enter_async_context(open_socket(self._url))
        assert await self._client.call("subscribe:session", self._session) == {"ok": True}

    async def measure(self) -> Delays:
        assert self._client is not None
        generation = await self._made(f"/comfyui/sessions/{self._session}/generate", parameters={"seed": -1})
        await self._client.event("generation:completed", lambda payload: payload["id"] == generation, within_seconds=60)
        sent = [at for step, at in sorted(self._clock.first[generation].items()) if step > 0]
        heard: dict[int, float] = {}
        for received in self._client.received:
            if received.name == "generation:progress" and received.payload["id"] == generation:
                heard.setdefault(bisect(sent, received.at), received.at)
        delays = [at - sent[step - 1] for step, at in heard.items() if step > 0]
        assert len(delays) >= STEPS - 1, f"{len(delays)} of {STEPS} steps were heard before the next one"
        return Delays.of(delays)

    async def _made(self, path: str, **body: Any) -> str:
        response = await self._http.post(f"{self._url}/api{path}", json=body)
        assert response.status_code == 201, response.text
        return str(response.json()["data"]["id"])


async def test_the_relay_is_close_to_a_bare_one(
    simulator: Simulator, http: httpx2.AsyncClient, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Bar: p50 at most 5 ms over the floor, p99 at most three times the floor's; medians of five rounds."""
    clock = StepClock(simulator, SAMPLER)
    floor, product = Floor(simulator, http, clock), Product(simulator, http, clock)
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SPOONFEEDER_HOME": str(tmp_path),
        "ENCRYPTION_KEY": secrets.token_hex(32),
    }
    async with AsyncExitStack() as stack:
        await floor.open(stack, redis_url)
        await product.open(stack, environment)
        rounds = [(await floor.measure(), await product.measure()) for _ in range(ROUNDS)]
    least, ours = Delays.median([one for one, _ in rounds]), Delays.median([one for _, one in rounds])
    print(f"\nfloor: {least}\nours:  {ours}")  # noqa: T201
    assert ours.p50 <= least.p50 + 5
    assert ours.p99 <= least.p99 * 3
