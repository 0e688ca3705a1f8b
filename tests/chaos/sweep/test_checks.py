"""What the judge of a sweep lets pass: only what the killed machine had in hand is made again, and in time."""

from typing import Any

import pytest

from tests.chaos.findings import Findings
from tests.chaos.sweep.checks import Times, check_rows, check_runs, check_times
from tests.chaos.sweep.machines import FAST, SLOW, Run
from tests.chaos.sweep.size import SINGLES, Size

ONCE = Run(SLOW, "other", 1, 2)
CUT_OFF, SECOND = Run(FAST, "a", 3, None), Run(SLOW, "a", 6, 7)


def judged(runs: list[Run], *, killed_at: float | None = None, a_ended_at: float = 8) -> list[str]:
    findings = Findings()
    ids = sorted({run.prompt_id for run in runs})
    rows: Any = [{"id": known, "ended_at": a_ended_at if known != "other" else 2.5} for known in ids]
    check_runs(findings, runs, rows, Times(killed_at=killed_at))
    return findings.violations


def test_once_each_or_again_after_the_kill_is_what_is_promised() -> None:
    assert judged([ONCE, CUT_OFF]) == []
    assert judged([ONCE, CUT_OFF, SECOND], killed_at=4) == []
    assert judged([ONCE, Run(FAST, "a", 3, 3.9), SECOND], killed_at=4) == [], "made, and not fetched"


@pytest.mark.parametrize(
    ("runs", "killed_at", "a_ended_at"),
    [
        ([ONCE, Run(FAST, "a", 3, 4), SECOND], None, 8),
        ([ONCE, Run(FAST, "a", 3, 3.5), SECOND], 4, 3.6),
        ([ONCE, Run(SLOW, "a", 3, 3.5), SECOND], 4, 8),
        ([ONCE, Run(FAST, "a", 5, None), SECOND], 4, 8),
    ],
    ids=["nobody was killed", "it was complete", "it was elsewhere", "it began later"],
)
def test_anything_else_that_runs_again_is_a_broken_promise(
    runs: list[Run], killed_at: float | None, a_ended_at: float
) -> None:
    [sentence] = judged(runs, killed_at=killed_at, a_ended_at=a_ended_at)
    assert sentence.startswith("a ran on the")


def test_no_more_run_again_than_a_machine_has_in_hand() -> None:
    runs = [Run(FAST, f"a{number}", 3, None) for number in range(3)]
    runs += [Run(SLOW, f"a{number}", 6, 7) for number in range(3)]
    assert judged(runs, killed_at=4) == ["3 were run again; the killed one had 2 at most"]


def _timed(end: float, waited: float) -> list[str]:
    size, findings = Size((1, 1, 3), 0.5, 1.0), Findings()
    assert size.ideal_seconds == pytest.approx(2.0)
    singles = {f"s{number}": 1.0 for number in range(SINGLES)}
    runs = [Run(FAST, known, 1.0 + waited, 2.0) for known in singles]
    rows: Any = [{"ended_at": end}]
    check_times(findings, size, rows, runs, Times(asked_at=0, answered_at=0, singles=singles))
    return findings.violations


def test_the_bars_of_time() -> None:
    assert _timed(end=2.29, waited=1.99) == []
    assert len(_timed(end=2.31, waited=1.99)) == 1
    assert len(_timed(end=2.29, waited=2.01)) == 1


@pytest.mark.parametrize("fault", ["lost", "failed", "twice one point", "twice one place"])
def test_a_sweep_that_is_not_whole_is_told(fault: str) -> None:
    size = Size((1, 2, 2), 0.5, 1.0)
    points = [{"sampler_name": "euler", "cfg_scale": scale, "seed": seed} for scale in (4.0, 8.0) for seed in (1, 2)]
    child = {"batch_id": "b", "status": "completed", "error": None}
    rows: list[Any] = [
        {**child, "id": str(place), "batch_index": place, "batch_coordinates": point}
        for place, point in enumerate(points)
    ]
    rows += [{**child, "id": f"s{number}", "batch_id": None} for number in range(SINGLES)]
    whole = Findings()
    check_rows(whole, size, rows, "b", Times())
    assert whole.violations == []
    if fault == "lost":
        rows.pop()
    elif fault == "failed":
        rows[0]["status"] = "failed"
    elif fault == "twice one point":
        rows[0]["batch_coordinates"] = points[1]
    else:
        rows[0]["batch_index"] = 1
    broken = Findings()
    check_rows(broken, size, rows, "b", Times())
    assert len(broken.violations) == 1
