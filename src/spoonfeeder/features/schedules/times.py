"""When a schedule comes, as instants in UTC (docs/decisions/0015).

A job at chosen hours keeps to the wall clock: on the day on which the clock goes forward it runs once, right after the
gap; on the day on which it goes back only the first time. A job of every hour runs every real hour.
"""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

MOST_COUNTED = 1_000
EVERY_HOUR = frozenset(range(24))
NAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
NEVER = "A day like this never comes."
ANY_MOMENT = datetime(2000, 1, 1)  # noqa: DTZ001 - a wall clock


class WrongCron(ValueError):
    """A cron has five fields: minute, hour, day of the month, month, day of the week; or it is @hourly … @yearly."""


class WrongZone(ValueError):
    """No time zone has this name; give one as “Europe/Berlin” or “UTC”."""


def zone_of(name: str) -> ZoneInfo:
    """Raises WrongZone."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise WrongZone(WrongZone.__doc__) from None


def check(cron: str) -> None:
    """Raises WrongCron for what cannot be read, and for what never comes."""
    if next(_read(cron, ANY_MOMENT), None) is None:
        raise WrongCron(NEVER)


def occurrences(cron: str, time_zone: str, after: datetime) -> Iterator[datetime]:
    """The instants later than `after`, in order. Raises WrongCron, WrongZone."""
    zone = zone_of(time_zone)
    walls = _read(cron, _wall(after, zone))
    instants = _of_real_hours(walls, zone) if _is_of_every_hour(walls) else _of_the_wall_clock(walls, zone)
    latest = after
    for instant in instants:
        if instant > latest:
            latest = instant
            yield instant


def instant_of(wall: datetime, time_zone: str) -> datetime:
    """Of a moment without a zone; the first of two, and right after the gap of one that is left out."""
    return _first_instant(wall, zone_of(time_zone))


def passed(cron: str, time_zone: str, first: datetime, now: datetime) -> tuple[int, datetime | None]:
    """How many came from `first`, one of them, until `now`, and the next one; beyond `MOST_COUNTED` nobody counts."""
    count = 1
    for instant in occurrences(cron, time_zone, first):
        if instant > now:
            return count, instant
        if count == MOST_COUNTED:
            return count, next(occurrences(cron, time_zone, now), None)
        count += 1
    return count, None


def _read(cron: str, wall: datetime) -> CronSim:
    fields = NAMES.get(cron.strip().lower(), cron)
    if len(fields.split()) != 5:
        raise WrongCron(WrongCron.__doc__)
    try:
        return CronSim(fields, wall)
    except CronSimError as error:
        raise WrongCron(NEVER if _names_a_missing_day(fields) else f"{error}. {WrongCron.__doc__}") from None


def _names_a_missing_day(fields: str) -> bool:
    """Each field can be read: only none of these months has this day."""
    *before, month, weekday = fields.split()
    try:
        CronSim(" ".join([*before, "*", weekday]), ANY_MOMENT)
        CronSim(f"0 0 1 {month} *", ANY_MOMENT)
    except CronSimError:
        return False
    return True


def _is_of_every_hour(walls: CronSim) -> bool:
    return walls.hours >= EVERY_HOUR


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """The clock on the wall; where it will show the next hour twice, as far back as the second time goes."""
    local = instant.astimezone(zone)
    repeated = _offset(local.replace(fold=0)) - _offset(local.replace(fold=1))
    return local.replace(tzinfo=None, fold=0) - max(repeated, timedelta())


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta()


def _of_the_wall_clock(walls: Iterator[datetime], zone: ZoneInfo) -> Iterator[datetime]:
    return (_first_instant(wall, zone) for wall in walls)


def _first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    local = wall.replace(tzinfo=zone, fold=0)
    if _is_there(local):
        return local.astimezone(UTC)
    return _end_of_gap(local)


def _is_there(local: datetime) -> bool:
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)


def _end_of_gap(local: datetime) -> datetime:
    """The instant of the jump: before it the offset is that of fold 0, from then on that of fold 1."""
    early, late = local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)
    before = _offset(local)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if _offset(middle.astimezone(local.tzinfo)) == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def _of_real_hours(walls: Iterator[datetime], zone: ZoneInfo) -> Iterator[datetime]:
    """A wall time that comes twice is two instants; those of the second time wait until the first hour is over."""
    waiting: list[datetime] = []
    for wall in walls:
        both = [wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
        instants = {local.astimezone(UTC) for local in both if _is_there(local)}
        while waiting and instants and waiting[0] <= min(instants):
            yield heapq.heappop(waiting)
        for instant in instants:
            heapq.heappush(waiting, instant)
    yield from sorted(waiting)
