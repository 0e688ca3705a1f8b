"""The rows that ended, as the process counts them for its metrics."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from spoonfeeder.durable.line import Line
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work


def count_from_zero(runtime: Runtime, lines: Iterable[Line]) -> None:
    """All outcomes are there from the start: what first appears as a 1 is no increase to Prometheus."""
    for line in lines:
        for outcome in line.ended:
            runtime.telemetry.metrics.work_ended.labels(line.name, outcome)


def count_ended(work: Work, line: Line, rows: Iterable[Any]) -> None:
    """Once it is committed; `rows` have the columns of a life cycle."""
    metrics = work.runtime.telemetry.metrics
    for row in rows:
        seconds = (row.completed_at - row.started_at).total_seconds() if row.started_at else None
        work.afterwards(partial(metrics.ended, line.name, row.status, seconds))
