"""Runs of simulated ComfyUIs that go as far as the test lets them, however slow the machine is."""

import math
import threading

from spoonfeeder.simulator.node_run import NodeRun, Stopped

LOOK_SECONDS = 0.01


class Pace:
    """Takes the place of the pauses at each step of a sampler and in ProbeSleep: as many are let pass as `let` says."""

    def __init__(self) -> None:
        self._left: float = 0
        self._changes = threading.Lock()

    def let(self, pauses: float = math.inf) -> None:
        with self._changes:
            self._left += pauses

    def pause(self, run: NodeRun, interruptible: bool) -> None:
        while not self._passed():
            if interruptible or run.class_type != "ProbeSleep":
                run.check()
            if run.around.stopping.wait(LOOK_SECONDS):
                raise Stopped

    def _passed(self) -> bool:
        with self._changes:
            self._left -= (passes := self._left > 0)
            return passes
