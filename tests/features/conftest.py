"""What takes the place of time in tests of more than one feature."""

import pytest

from spoonfeeder.simulator.node_run import NodeRun
from tests.features.pace import Pace


@pytest.fixture
def pace(monkeypatch: pytest.MonkeyPatch) -> Pace:
    pace = Pace()

    def pause(run: NodeRun, _: float, *, interruptible: bool = False) -> None:
        pace.pause(run, interruptible)

    monkeypatch.setattr(NodeRun, "pause", pause)
    return pace
