"""The servers that a process knows are few, however many addresses and keys its users try."""

from spoonfeeder.comfy.backends import MOST_KNOWN, Backends
from spoonfeeder.core.http import open_client
from spoonfeeder.core.targets import TargetPolicy
from spoonfeeder.simulator import Options, Simulator


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
