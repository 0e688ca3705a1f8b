"""The comparison with the recordings is strict: whatever a client was told, it shows if it is missing or elsewhere."""

import pytest

from tests.simulator.observing import Seen, account, key
from tests.simulator.replaying import recording

ENDS = ("execution_success", "execution_error", "execution_interrupted")
NAMES = ["success_sampler_preview_metadata", "runtime_exception", "interrupted", "subgraph_expansion", "progress_text"]


def sightings(name: str) -> list[Seen]:
    return [step["saw"] for step in recording("0.33.0", name)["steps"] if step["do"] == "see"]


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_event_is_noticed(name: str) -> None:
    told = sightings(name)
    for missing in {key(seen) for seen in told}:
        assert account(seen for seen in told if key(seen) != missing) != account(told), missing


@pytest.mark.parametrize("name", NAMES)
def test_an_early_end_is_noticed(name: str) -> None:
    told = sightings(name)
    ends = [
        at
        for at, seen in enumerate(told)
        if seen[0] in ("execution_success", "execution_error", "execution_interrupted")
    ]
    earlier = [*told[: ends[0] - 1], told[ends[0]], told[ends[0] - 1], *told[ends[0] + 1 :]]

    assert account(earlier) != account(told)
