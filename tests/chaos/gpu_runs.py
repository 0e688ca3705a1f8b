"""What the simulated ComfyUI really did, read from its run log (I4)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Executed:
    """One execution of a prompt; `ended` is False where a kill cut it off. Unix seconds."""

    prompt_id: str
    started_at: float
    ended: bool


@dataclass(frozen=True, slots=True)
class Repeats:
    """`excused` ones replace an execution that a kill of ComfyUI cut off, at most one per kill."""

    excused: int
    twice: list[str]


def read_runs(log: Path) -> list[Executed]:
    """All executions in the order of their start; a line that a kill cut off in the middle is no line."""
    started: list[tuple[str, float]] = []
    ended: set[tuple[str, float]] = set()
    for line in whole_lines(log):
        if line["event"] == "start":
            started.append((line["prompt_id"], line["at"]))
        elif line["event"] == "end":
            ended.add((line["prompt_id"], line["started_at"]))
    return [Executed(prompt_id, at, (prompt_id, at) in ended) for prompt_id, at in started]


def whole_lines(log: Path) -> Iterable[dict[str, Any]]:
    for text in log.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(text)
        except json.JSONDecodeError:
            continue


def judge(runs: Sequence[Executed], kills: Sequence[float]) -> Repeats:
    """An execution may be followed by another of the same prompt only if a kill fell into it."""
    of_prompt: dict[str, list[Executed]] = defaultdict(list)
    for run in runs:
        of_prompt[run.prompt_id].append(run)
    excuses = list(kills)
    twice: list[str] = []
    excused = 0
    for prompt_id, own in of_prompt.items():
        for first, again in pairwise(own):
            kill = next((at for at in excuses if first.started_at <= at <= again.started_at), None)
            if first.ended or kill is None:
                twice.append(prompt_id)
            else:
                excuses.remove(kill)
                excused += 1
    return Repeats(excused, twice)
