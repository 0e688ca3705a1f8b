"""The two simulated ComfyUIs of a sweep, and what each of them really did."""

import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

from tests.chaos.gpu_runs import whole_lines
from tests.chaos.stage import HOST, Stage
from tests.chaos.sweep.size import Size
from tests.chaos.traffic import GRAPH
from tests.fixtures.ports import own_port

STEPS = int(GRAPH["3"]["inputs"]["steps"])
FAST, SLOW = "faster", "slower"


@dataclass(frozen=True, slots=True)
class Run:
    """One execution; `ended_at` is None where a kill cut it off. Unix seconds."""

    machine: str
    prompt_id: str
    started_at: float
    ended_at: float | None


class Machines:
    """The faster one is the stage's own ComfyUI, the slower one is added to it. Each has a run log of its own."""

    def __init__(self, size: Size) -> None:
        self.slow_url = f"http://{HOST}:{own_port()}"
        self._size = size
        self._logs: dict[str, Path] = {}

    def prepare(self, stage: Stage) -> None:
        """People sign in on this stage, and both ComfyUIs may be asked, though they are on this machine."""
        self._logs = {FAST: stage.run_log, SLOW: stage.folder / "runs-slower.jsonl"}
        port, data = self.slow_url.rpartition(":")[2], stage.folder / "comfyui-slower"
        pace = str(self._size.slow / STEPS)
        stage.add("comfyui-slower", sys.executable, "-m", "tests.chaos.comfyui", port, data, self._logs[SLOW], pace)
        targets = ",".join(url.removeprefix("http://") for url in (stage.comfyui_url, self.slow_url))
        del stage.workers[self._size.workers :]
        stage.environment |= {"AUTH": "required", "RATE_LIMITS": "off", "PRIVATE_TARGETS": targets}

    def runs(self) -> list[Run]:
        """All executions of both, in the order of their start."""
        runs = [run for machine, log in self._logs.items() for run in _read(machine, log)]
        return sorted(runs, key=lambda run: run.started_at)

    def ended(self) -> int:
        return sum(run.ended_at is not None for run in self.runs())


def _read(machine: str, log: Path) -> list[Run]:
    if not log.is_file():
        return []
    lines = list(whole_lines(log))
    ends = {(line["prompt_id"], line["started_at"]): line["at"] for line in lines if line["event"] == "end"}
    starts = [(line["prompt_id"], line["at"]) for line in lines if line["event"] == "start"]
    return [Run(machine, prompt_id, at, ends.get((prompt_id, at))) for prompt_id, at in starts]


def seconds_each(runs: list[Run], machine: str) -> float | None:
    """What a picture really took there; None where it made none."""
    took = [run.ended_at - run.started_at for run in runs if run.machine == machine and run.ended_at is not None]
    return mean(took) if took else None


def figures(runs: list[Run], machine: str) -> str:
    """How many it made, how long one took, and how long it stood still between two."""
    own = [run for run in runs if run.machine == machine]
    made, each = sum(run.ended_at is not None for run in own), seconds_each(runs, machine)
    still = [after.started_at - before.ended_at for before, after in pairwise(own) if before.ended_at is not None]
    if each is None or not still:
        return f"{made} pictures"
    between = f"{median(still) * 1000:.0f} ms between two (at most {max(still) * 1000:.0f} ms)"
    return f"{made} pictures, {each:.3f} s each, {between}"
