"""Whether a soak ends as it began, once it was warm (F43)."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from tests.chaos.findings import Findings
from tests.chaos.soak.sampling import Sample
from tests.machines.load import Answer, percentile

WARM_SHARE = 0.25
COMPARED_SHARE = 0.375
MOST_RSS_GROWTH = 0.05
MOST_MORE_DESCRIPTORS = 5
MOST_MORE_CONNECTIONS = 2
MOST_P99_GROWTH = 0.20
NOISE_SECONDS = 0.005
AFTER_A_FAULT_SECONDS = 15.0


def judge(
    findings: Findings, samples: Sequence[Sample], answers: Sequence[Answer], faults: Sequence[tuple[float, float]]
) -> None:
    """Compares the time behind the warm-up with as much at the end; `faults` are (begin, end) on the samples' clock."""
    began, ended = samples[0].at, samples[-1].at
    length = ended - began
    first = (began + WARM_SHARE * length, began + (WARM_SHARE + COMPARED_SHARE) * length)
    last = (ended - COMPARED_SHARE * length, ended)
    _judge_processes(findings, _within(samples, first), _within(samples, last))
    _judge_connections(findings, _within(samples, first), _within(samples, last))
    quiet = [answer for answer in answers if not _disturbed(answer.began_at, faults)]
    _judge_answers(findings, [_since(quiet, first), _since(quiet, last)])
    _tell_growth(findings, samples)


def _within(samples: Sequence[Sample], window: tuple[float, float]) -> list[Sample]:
    return [sample for sample in samples if window[0] <= sample.at <= window[1]]


def _since(answers: Sequence[Answer], window: tuple[float, float]) -> list[Answer]:
    return [answer for answer in answers if window[0] <= answer.began_at <= window[1]]


def _disturbed(moment: float, faults: Sequence[tuple[float, float]]) -> bool:
    return any(begin <= moment <= end + AFTER_A_FAULT_SECONDS for begin, end in faults)


def _judge_processes(findings: Findings, first: Sequence[Sample], last: Sequence[Sample]) -> None:
    """A program that was killed in between has no memory to compare, but its descriptors."""
    for name in sorted({process.name for process in last[-1].processes}):
        before = [process for sample in first for process in sample.processes if process.name == name]
        after = [process for sample in last for process in sample.processes if process.name == name]
        rss = [median(process.rss_bytes for process in part) for part in (before, after)]
        descriptors = [median(process.descriptors for process in part) for part in (before, after)]
        one = len({process.pid for process in before + after}) == 1
        growth = rss[1] / rss[0] - 1
        restarted = "" if one else ", restarted meanwhile"
        findings.figures[f"{name}: MB"] = f"{rss[0] / 1e6:.0f} to {rss[1] / 1e6:.0f} ({growth:+.1%}{restarted})"
        findings.figures[f"{name}: descriptors"] = f"{descriptors[0]:.0f} to {descriptors[1]:.0f}"
        findings.expect(not one or growth <= MOST_RSS_GROWTH, f"{name} grew by {growth:.1%}")
        more = descriptors[1] - descriptors[0]
        findings.expect(more <= MOST_MORE_DESCRIPTORS, f"{name} has {more:.0f} open files more")


def _judge_connections(findings: Findings, first: Sequence[Sample], last: Sequence[Sample]) -> None:
    before, after = (median(sample.connections for sample in part) for part in (first, last))
    findings.figures["database connections"] = f"{before:.0f} to {after:.0f}"
    findings.expect(after - before <= MOST_MORE_CONNECTIONS, f"{after - before:.0f} database connections more")


def _judge_answers(findings: Findings, parts: Sequence[Sequence[Answer]]) -> None:
    before, after = (percentile(part, 0.99) for part in parts)
    middle = [percentile(part, 0.5) * 1000 for part in parts]
    findings.figures["light requests, p50"] = f"{middle[0]:.1f} to {middle[1]:.1f} ms"
    findings.figures["light requests, p99"] = f"{before * 1000:.1f} to {after * 1000:.1f} ms"
    findings.figures["requests compared"] = " and ".join(str(len(part)) for part in parts)
    bar = before * (1 + MOST_P99_GROWTH) + NOISE_SECONDS
    findings.expect(after <= bar, f"p99 went from {before * 1000:.1f} to {after * 1000:.1f} ms")


def _tell_growth(findings: Findings, samples: Sequence[Sample]) -> None:
    more = samples[-1].generations - samples[0].generations
    grown = samples[-1].database_bytes - samples[0].database_bytes
    findings.figures["database"] = (
        f"{grown / 1e6:+.1f} MB for {more} generations ({grown / max(1, more):.0f} bytes each)"
    )
    falls = sum(later.generations < sooner.generations for sooner, later in pairwise(samples))
    findings.expect(not falls, f"the number of generations fell {falls} times")
