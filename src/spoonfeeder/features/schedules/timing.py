"""When a schedule runs next, and what becomes of the runs that were missed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import MissedRuns
from spoonfeeder.db.task import Schedule
from spoonfeeder.features.schedules import times
from spoonfeeder.features.schedules.times import WrongCron, WrongZone

MISSED_AFTER = timedelta(minutes=5)
SHOWN_RUNS = 5
LATEST_YEAR = 2200


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be done about a schedule that is due."""

    starts: bool
    missed: int
    next_run_at: datetime | None


def turn_of(row: Schedule, due: datetime, now: datetime) -> Turn:
    """A run that is late by more than 5 minutes was missed, and so were those after it. Raises WrongCron, WrongZone."""
    if now - due <= MISSED_AFTER:
        return Turn(True, 0, next(_after(row, due), None))
    count, following = times.passed(row.cron, row.time_zone, due, now) if row.cron else (1, None)
    if row.missed == MissedRuns.CATCH_UP:
        return Turn(True, count - 1, following)
    return Turn(False, count, following)


def next_runs(row: Any) -> list[dict[str, Any]]:
    """The next five; none where the time zone is not known any more."""
    if row.next_run_at is None:
        return []
    try:
        zone = times.zone_of(row.time_zone)
        instants = islice(chain((row.next_run_at,), _after(row, row.next_run_at)), SHOWN_RUNS)
        return [{"at": at, "local": at.astimezone(zone).isoformat(timespec="seconds")} for at in instants]
    except (WrongCron, WrongZone):
        return []


def first_run(row: Schedule, now: datetime, *, is_new: bool) -> datetime | None:
    """`is_new`: an `at` that has passed is refused. Raises Invalid for what can never run."""
    _check(row)
    if not row.enabled:
        return None
    if row.at is None:
        return next(_after(row, now), None)
    if row.at > now:
        return row.at
    if is_new:
        raise invalid_field("at", "This moment has passed; give one that is still to come.")
    return None


def moment_of(at: datetime, time_zone: str) -> datetime:
    """Raises Invalid."""
    if not 1970 <= at.year <= LATEST_YEAR:
        raise invalid_field("at", f"Give a moment that is still to come, before the year {LATEST_YEAR + 1}.")
    try:
        return at.astimezone(UTC) if at.tzinfo else times.instant_of(at, time_zone)
    except WrongZone as error:
        raise invalid_field("time_zone", str(error)) from None


def _check(row: Schedule) -> None:
    if (row.cron is None) == (row.at is None):
        raise invalid_field("cron", "Give either cron, for a job that comes again, or at, for one that comes once.")
    try:
        times.zone_of(row.time_zone)
        if row.cron is not None:
            times.check(row.cron)
    except WrongZone as error:
        raise invalid_field("time_zone", str(error)) from None
    except WrongCron as error:
        raise invalid_field("cron", str(error)) from None


def _after(row: Any, moment: datetime) -> Iterator[datetime]:
    return times.occurrences(row.cron, row.time_zone, moment) if row.cron else iter(())
