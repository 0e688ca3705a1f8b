"""What counts as drift in a soak, and what does not."""

from collections.abc import Callable
from random import Random

import pytest

from tests.chaos.findings import Findings
from tests.chaos.soak.drift import judge
from tests.chaos.soak.run import plan
from tests.chaos.soak.sampling import Process, Sample
from tests.machines.load import Answer

SECONDS = 600
MB = 1_000_000
Course = Callable[[float], float]


def flat(value: float) -> Course:
    return lambda share: value


def judged(
    *,
    rss: Course = flat(100 * MB),
    descriptors: Course = flat(30),
    connections: Course = flat(12),
    seconds: Course = flat(0.02),
    killed_at: float = 2,
    faults: tuple[tuple[float, float], ...] = (),
) -> list[str]:
    samples, answers = [], []
    for at in range(0, SECONDS + 1, 5):
        share = at / SECONDS
        process = Process("api", 1 if share < killed_at else 2, int(rss(share)), int(descriptors(share)))
        samples.append(Sample(at, [process], int(connections(share)), at * 1000, at))
        answers += [Answer("GET /", 200, at + part / 5, seconds(share)) for part in range(5)]
    findings = Findings()
    judge(findings, samples, answers, faults)
    return findings.violations


def test_what_stays_or_grows_while_it_warms_up_is_no_drift() -> None:
    assert judged() == []
    assert judged(rss=lambda share: (60 + min(share, 0.25) * 200) * MB) == []


@pytest.mark.parametrize(
    ("grown", "told"),
    [
        ({"rss": lambda share: (100 + 20 * share) * MB}, "api grew by"),
        ({"descriptors": lambda share: 30 + 20 * share}, "open files more"),
        ({"connections": lambda share: 10 + 10 * share}, "connections more"),
        ({"seconds": lambda share: 0.02 + 0.05 * share}, "p99 went from"),
    ],
)
def test_what_grows_on_is(grown: dict[str, Course], told: str) -> None:
    [violation] = judged(**grown)  # type: ignore[arg-type]
    assert told in violation


def test_a_program_that_was_killed_has_no_memory_to_compare() -> None:
    assert judged(rss=lambda share: (100 if share < 0.6 else 140) * MB, killed_at=0.6) == []


def test_what_is_slow_because_of_a_fault_does_not_count() -> None:
    slow: Course = lambda share: 5.0 if 0.9 < share < 0.93 else 0.02  # noqa: E731
    assert judged(seconds=slow) != []
    assert judged(seconds=slow, faults=((0.9 * SECONDS, 0.91 * SECONDS),)) == []


def test_there_is_a_fault_a_minute_and_none_in_the_first_and_last() -> None:
    planned = plan(SECONDS, Random(1))
    assert [fault.after_seconds for fault in planned] == [60.0 * minute for minute in range(1, 10)]
    assert len({fault.kind for fault in planned[:7]}) == 7
