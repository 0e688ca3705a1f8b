"""What was run: for tests as objects, for the chaos harness as lines of a file that survive a kill."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Run:
    """One execution of a prompt. `outcome` is success, error, interrupted, or None while it runs or if it was killed;
    `nodes` are those that really ran; `samplings` counts samplers that began, the work a GPU would have done."""

    prompt_id: str
    started_at: float
    client_id: Any = None
    outcome: str | None = None
    ended_at: float | None = None
    nodes: list[str] = field(default_factory=list)
    samplings: int = 0


class RunLog:
    def __init__(self, path: Path | None) -> None:
        self.runs: list[Run] = []
        self.requests: Counter[str] = Counter()
        self._file = path.open("a", encoding="utf-8") if path else None

    def start(self, prompt_id: str, client_id: Any) -> Run:
        run = Run(prompt_id, time.time(), client_id)
        self.runs.append(run)
        self._write({"event": "start", "prompt_id": prompt_id, "at": run.started_at})
        return run

    def sampling(self, prompt_id: str, class_type: str) -> None:
        if self.runs:
            self.runs[-1].samplings += 1
        self._write({"event": "sampling", "prompt_id": prompt_id, "class_type": class_type, "at": time.time()})

    def end(self, run: Run, outcome: str, nodes: list[str]) -> None:
        run.outcome, run.nodes, run.ended_at = outcome, nodes, time.time()
        line = {"event": "end", "prompt_id": run.prompt_id, "outcome": outcome, "nodes": nodes}
        self._write({**line, "started_at": run.started_at, "at": run.ended_at})

    def of(self, prompt_id: str) -> list[Run]:
        return [run for run in self.runs if run.prompt_id == prompt_id]

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        if self._file and not self._file.closed:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
