"""What a sweep left behind: every picture once, every point once, and the bars of time."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

from sqlalchemy import RowMapping, text

from spoonfeeder.core.settings import Settings
from tests.chaos.findings import Findings
from tests.chaos.sweep.machines import FAST, SLOW, Run, figures, seconds_each
from tests.chaos.sweep.size import SINGLES, Size

MOST_TIMES_IDEAL = 1.15
SLOTS = Settings.model_fields["comfyui_slots"].default
GENERATIONS = text(
    "SELECT id::text, status, outputs, error, crashes, batch_id::text, batch_index, batch_coordinates,"
    " extract(epoch FROM completed_at) AS ended_at FROM comfyui_generations"
)


@dataclass
class Times:
    """Unix seconds. `singles`: when each was asked for, by its id."""

    asked_at: float = 0.0
    answered_at: float = 0.0
    killed_at: float | None = None
    singles: dict[str, float] = field(default_factory=dict)


def check_rows(findings: Findings, size: Size, rows: list[RowMapping], batch_id: str, times: Times) -> None:
    children = [row for row in rows if row["batch_id"] == batch_id]
    findings.figures["completed"] = str(sum(row["status"] == "completed" for row in rows))
    findings.expect(len(children) == size.pictures, f"the batch has {len(children)} generations")
    findings.expect(len(rows) == size.pictures + SINGLES, f"there are {len(rows)} generations")
    findings.expect(set(times.singles) <= {row["id"] for row in rows}, "somebody's single picture is lost")
    for row in rows:
        findings.expect(row["status"] == "completed", f"{row['id']} is {row['status']}: {row['error']}")
    places = sorted(row["batch_index"] for row in children)
    findings.expect(places == list(range(size.pictures)), "the places in the batch are not 0 to the last, each once")
    points = sorted(_point(row["batch_coordinates"]) for row in children)
    findings.expect(points == sorted(_points(size)), "the coordinates are not the product of the axes, each once")


def _point(coordinates: dict[str, Any]) -> tuple[str, float, int]:
    return coordinates["sampler_name"], float(coordinates["cfg_scale"]), int(coordinates["seed"])


def _points(size: Size) -> list[tuple[str, float, int]]:
    samplers, scales, seeds = size.as_body()
    steps = range(size.axes[1])
    spread = [4.0 + 4.0 * step / max(size.axes[1] - 1, 1) for step in steps]
    assert scales["parameter"] == "cfg_scale"
    return list(product(samplers["values"], spread, range(1, seeds["range"]["to"] + 1)))


def check_runs(findings: Findings, runs: list[Run], rows: list[RowMapping], times: Times) -> None:
    """Each prompt is executed once; again only what the killed machine had in hand, done or not, and nobody had yet."""
    ended_at = {row["id"]: float(row["ended_at"] or "inf") for row in rows}
    findings.figures.update({f"the {machine} one": figures(runs, machine) for machine in (FAST, SLOW)})
    findings.expect({run.prompt_id for run in runs} == set(ended_at), "the ComfyUIs ran other prompts than the rows")
    of_prompt: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        of_prompt[run.prompt_id].append(run)
    again = [(first, second) for own in of_prompt.values() for first, second in pairwise(own)]
    if times.killed_at is not None:
        cut_off = sum(first.ended_at is None for first, _ in again)
        findings.figures["cut off by the kill and run again"] = str(cut_off)
        findings.figures["made just before the kill, not fetched, run again"] = str(len(again) - cut_off)
    findings.expect(len(again) <= SLOTS, f"{len(again)} were run again; the killed one had {SLOTS} at most")
    for first, second in again:
        lost = times.killed_at is not None and first.started_at < times.killed_at < ended_at[first.prompt_id]
        sentence = f"{first.prompt_id} ran on the {first.machine} one and again on the {second.machine} one"
        findings.expect(lost and first.machine == FAST, sentence)


def check_times(findings: Findings, size: Size, rows: list[RowMapping], runs: list[Run], times: Times) -> None:
    ends = [float(row["ended_at"]) for row in rows if row["ended_at"] is not None]
    seconds = max(ends, default=0.0) - times.answered_at
    share = seconds / size.ideal_seconds
    findings.figures["POST of the sweep"] = f"{times.answered_at - times.asked_at:.2f} s"
    first = min((run.started_at for run in runs), default=0.0) - times.answered_at
    findings.figures["from its answer to the first start"] = f"{first:.2f} s"
    told = f"{seconds:.2f} s = {share:.3f} x ideal ({size.ideal_seconds:.2f} s)"
    paces = [seconds_each(runs, machine) for machine in (FAST, SLOW)]
    if size.kill is None and all(paces):
        own = (size.pictures + SINGLES) / sum(1 / pace for pace in paces if pace)
        told = f"{told}; {seconds / own:.3f} x what the machines' own pace allows"
    findings.figures["from its answer to the last end"] = told
    if size.bars and size.kill is None:
        findings.expect(share <= MOST_TIMES_IDEAL, f"the sweep took {share:.3f} times the ideal")
    _check_singles(findings, size, runs, times)


def _check_singles(findings: Findings, size: Size, runs: list[Run], times: Times) -> None:
    started: dict[str, float] = {}
    for run in runs:
        started.setdefault(run.prompt_id, run.started_at)
    waits = [started[known] - asked for known, asked in times.singles.items() if known in started]
    findings.expect(len(waits) == SINGLES, f"{len(waits)} single pictures were begun")
    if not waits:
        return
    each = ", ".join(f"{wait:.2f}" for wait in waits)
    bounds = f"two pictures take {2 * size.fast:.2f} s on the faster one, {2 * size.slow:.2f} s on the slower one"
    findings.figures["from a single POST to its start in ComfyUI"] = f"{each} s ({bounds})"
    if size.bars and size.kill is None:
        findings.expect(max(waits) <= 2 * size.slow, f"a single picture waited {max(waits):.2f} s for its start")
