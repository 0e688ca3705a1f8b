"""When the simulated ComfyUI told of each sampler step, and how long that took to reach a browser."""

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from spoonfeeder.simulator import Simulator


@dataclass(frozen=True)
class Delays:
    """Milliseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Delays":
        cuts = quantiles([second * 1000 for second in seconds], n=100, method="inclusive")
        return cls(cuts[49], cuts[98])

    @classmethod
    def median(cls, rounds: list["Delays"]) -> "Delays":
        return cls(median(one.p50 for one in rounds), median(one.p99 for one in rounds))

    def __str__(self) -> str:
        return f"p50 {self.p50:.2f} ms, p99 {self.p99:.2f} ms"


class StepClock:
    """Notes when a step is put on the wire, by prompt and step number: at all, and in its `progress` message."""

    def __init__(self, simulator: Simulator, sampler: str) -> None:
        self.first: dict[str, dict[int, float]] = defaultdict(dict)
        self.progress: dict[str, dict[int, float]] = defaultdict(dict)
        self._sampler = sampler
        assert simulator._life is not None, "not started"
        sockets = simulator._life.sockets
        deliver = sockets._deliver

        async def noted(socket: Any, message: str | bytes) -> None:
            self._note(message)
            await deliver(socket, message)

        sockets._deliver = noted  # type: ignore[method-assign]

    def _note(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            return
        event = json.loads(message)
        data = event.get("data", {})
        if event["type"] == "progress_state" and self._sampler in data["nodes"]:
            _keep(self.first, data["prompt_id"], data["nodes"][self._sampler])
        elif event["type"] == "progress" and data["node"] == self._sampler:
            _keep(self.first, data["prompt_id"], data)
            _keep(self.progress, data["prompt_id"], data)


def _keep(sent: dict[str, dict[int, float]], prompt_id: str, step: dict[str, Any]) -> None:
    sent[prompt_id].setdefault(int(step["value"]), time.monotonic())
