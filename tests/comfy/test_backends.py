"""The servers that a process knows: few, however many addresses and keys its users try; and when they are asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from spoonfeeder.comfy import backends as comfy_backends
from spoonfeeder.comfy.backends import MOST_KNOWN, Backend, Backends
from spoonfeeder.core.http import open_client
from spoonfeeder.core.targets import TargetPolicy
from spoonfeeder.simulator import Options, Simulator
from tests.features.held import hold
from tests.waiting import until


@asynccontextmanager
async def one_backend() -> AsyncIterator[tuple[Simulator, Backends, Backend]]:
    policy = TargetPolicy(local=True)
    async with (
        Simulator(Options()) as simulator,
        open_client(policy) as http,
        Backends(http, policy) as backends,
    ):
        yield simulator, backends, backends.get(simulator.url)


async def test_an_answer_that_takes_long_is_read_though_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfy_backends, "OBJECTS_WAIT_SECONDS", 0.1)
    async with one_backend() as (simulator, _, backend):
        held = hold(monkeypatch, simulator, "/object_info")
        assert await backend.live_objects() is None
        leaving = asyncio.create_task(backend.objects())
        await asyncio.sleep(0)
        leaving.cancel()
        assert await backend.live_objects() is None, "it has been waited for already"
        held.may_go.set()
        await until(lambda: backend.fresh_objects)
        assert await backend.live_objects() is backend.fresh_objects
        assert simulator.log.requests["GET /object_info"] == 1


async def test_only_the_first_answer_is_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfy_backends, "OBJECTS_WAIT_SECONDS", 0.1)
    async with one_backend() as (simulator, _, backend):
        simulator.faults.add("/object_info", "slow", seconds=0.6)
        assert await backend.live_objects() is None
        first = await backend.live_objects(is_needed=True)
        assert first is not None
        monkeypatch.setattr(comfy_backends, "OBJECTS_KEPT_SECONDS", 0.0)
        simulator.faults.add("/object_info", "slow", seconds=60)
        assert await backend.live_objects(is_needed=True) is None
        assert backend.known_objects is first


async def test_who_cannot_tell_is_not_asked_again_soon_but_by_who_has_to_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfy_backends, "FIRST_WAIT_SECONDS", 60.0)
    async with one_backend() as (simulator, _, backend):
        simulator.faults.add("/object_info", "drop_request")
        assert [await backend.live_objects() for _ in range(2)] == [None, None]
        assert simulator.log.requests["GET /object_info"] == 1
        assert await backend.live_objects(is_needed=True) is not None, "it has just been started"
        assert await backend.live_objects() is not None


async def test_a_server_that_is_being_asked_is_not_forgotten_and_holds_nothing_up_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comfy_backends, "OBJECTS_WAIT_SECONDS", 0.1)
    async with asyncio.timeout(40), one_backend() as (simulator, backends, backend):
        simulator.faults.add("/object_info", "slow", seconds=60)
        assert await backend.live_objects() is None
        for number in range(MOST_KNOWN):
            backends.get(simulator.url, f"key {number}")
        assert backends.get(simulator.url) is backend
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_only_the_servers_asked_last_are_remembered_and_those_that_are_followed() -> None:
    policy = TargetPolicy(local=True)
    async with (
        Simulator(Options()) as simulator,
        open_client(policy) as http,
        Backends(http, policy) as backends,
    ):
        asked, followed = backends.get(simulator.url), backends.get(simulator.url, "followed")
        await asked.objects()
        await followed.feed()
        for number in range(MOST_KNOWN - 2):
            backends.get(simulator.url, f"key {number}")
        assert backends.get(simulator.url) is asked
        for number in range(MOST_KNOWN - 1):
            backends.get(simulator.url, f"another key {number}")
        assert backends.get(simulator.url) is asked, "it was asked for a moment ago"
        assert backends.known_objects(simulator.url) is not None
        for number in range(MOST_KNOWN):
            backends.get(simulator.url, f"a third key {number}")
        assert backends.known_objects(simulator.url) is None
        assert backends.get(simulator.url, "followed") is followed
