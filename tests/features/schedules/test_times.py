"""When a schedule comes: wall clocks that jump, real hours that go on (docs/decisions/0015)."""

import time
from datetime import UTC, datetime
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from spoonfeeder.features.schedules.times import (
    MOST_COUNTED,
    WrongCron,
    WrongZone,
    check,
    instant_of,
    occurrences,
    passed,
    zone_of,
)

BERLIN, NEW_YORK, LORD_HOWE, KOLKATA = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"
TROLL, CASABLANCA, SAO_PAULO, APIA = "Antarctica/Troll", "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia"

JUMPS = ("2026-03-07", "2026-03-28", "2026-04-04", "2026-10-03", "2026-10-24", "2026-10-31")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def after(cron: str, zone: str, begin: str, number: int) -> list[str]:
    """Wall clock and UTC of the next ones."""
    found = islice(occurrences(cron, zone, utc(begin)), number)
    return [f"{at.astimezone(ZoneInfo(zone)):%d %H:%M} = {at:%H:%M}" for at in found]


CHOSEN_HOURS = [
    # the hour that is left out: once, right after the gap
    ("30 2 * * *", BERLIN, "2026-03-28T00:00", ["28 02:30 = 01:30", "29 03:00 = 01:00", "30 02:30 = 00:30"]),
    ("30 2 * * *", NEW_YORK, "2026-03-07T00:00", ["07 02:30 = 07:30", "08 03:00 = 07:00", "09 02:30 = 06:30"]),
    ("15 2 * * *", LORD_HOWE, "2026-10-02T00:00", ["03 02:15 = 15:45", "04 02:30 = 15:30", "05 02:15 = 15:15"]),
    ("*/15 2 * * *", BERLIN, "2026-03-29T00:00", ["29 03:00 = 01:00", "30 02:00 = 00:00"]),
    ("30 2,3 * * *", BERLIN, "2026-03-29T00:00", ["29 03:00 = 01:00", "29 03:30 = 01:30", "30 02:30 = 00:30"]),
    ("0 */2 * * *", BERLIN, "2026-03-28T23:30", ["29 03:00 = 01:00", "29 04:00 = 02:00"]),
    ("0 2 29 3 *", BERLIN, "2026-01-01T00:00", ["29 03:00 = 01:00", "29 02:00 = 00:00"]),
    # the hour that comes twice: the first time only
    ("30 2 * * *", BERLIN, "2026-10-24T12:00", ["25 02:30 = 00:30", "26 02:30 = 01:30"]),
    ("30 2 * * *", BERLIN, "2026-10-25T00:30", ["26 02:30 = 01:30"]),
    ("30 2 * * *", BERLIN, "2026-10-25T01:10", ["26 02:30 = 01:30"]),
    ("30 1 * * *", NEW_YORK, "2026-10-31T12:00", ["01 01:30 = 05:30", "02 01:30 = 06:30"]),
    ("45 1 * * *", LORD_HOWE, "2026-04-04T00:00", ["05 01:45 = 14:45", "06 01:45 = 15:15"]),
    # two hours at once, an hour less for Ramadan, midnight that is left out, a whole day that never was
    ("30 1,2 * * *", TROLL, "2026-03-28T20:00", ["29 03:00 = 01:00", "30 01:30 = 23:30"]),
    ("30 1,2 * * *", TROLL, "2026-10-24T22:00", ["25 01:30 = 23:30", "25 02:30 = 00:30", "26 01:30 = 01:30"]),
    ("30 2 * * *", CASABLANCA, "2026-02-14T12:00", ["15 02:30 = 01:30", "16 02:30 = 02:30"]),
    ("30 2 * * *", CASABLANCA, "2026-03-21T12:00", ["22 03:00 = 02:00", "23 02:30 = 01:30"]),
    ("0 0 * * *", SAO_PAULO, "2018-11-03T12:00", ["04 01:00 = 03:00", "05 00:00 = 02:00"]),
    ("0 9 * * *", APIA, "2011-12-29T12:00", ["29 09:00 = 19:00", "31 00:00 = 10:00", "31 09:00 = 19:00"]),
    # and all other days
    ("0 9 * * 1-5", KOLKATA, "2026-11-20T12:00", ["23 09:00 = 03:30", "24 09:00 = 03:30"]),
    ("@weekly", "UTC", "2026-11-20T12:00", ["22 00:00 = 00:00", "29 00:00 = 00:00"]),
    ("0 0 L * *", "UTC", "2026-11-20T12:00", ["30 00:00 = 00:00", "31 00:00 = 00:00"]),
    ("0 0 29 2 *", "UTC", "2026-11-20T12:00", ["29 00:00 = 00:00"]),
]
EVERY_HOUR = [
    ("0 * * * *", BERLIN, "2026-03-29T00:30", ["29 03:00 = 01:00", "29 04:00 = 02:00"]),
    ("0 * * * *", BERLIN, "2026-10-24T23:30", ["25 02:00 = 00:00", "25 02:00 = 01:00", "25 03:00 = 02:00"]),
    ("0 0-23 * * *", BERLIN, "2026-10-24T23:30", ["25 02:00 = 00:00", "25 02:00 = 01:00", "25 03:00 = 02:00"]),
    ("*/30 * * * *", BERLIN, "2026-10-25T00:10", ["25 02:30 = 00:30", "25 02:00 = 01:00", "25 02:30 = 01:30"]),
    ("*/30 * * * *", NEW_YORK, "2026-03-08T06:10", ["08 01:30 = 06:30", "08 03:00 = 07:00", "08 03:30 = 07:30"]),
    ("30 * * * *", LORD_HOWE, "2026-04-04T14:00", ["05 01:30 = 14:30", "05 01:30 = 15:00", "05 02:30 = 16:00"]),
    ("0 * * * *", TROLL, "2026-10-25T00:30", ["25 01:00 = 01:00", "25 02:00 = 02:00", "25 03:00 = 03:00"]),
    ("0 * * * *", APIA, "2011-12-30T08:30", ["29 23:00 = 09:00", "31 00:00 = 10:00", "31 01:00 = 11:00"]),
    ("@hourly", KOLKATA, "2026-11-20T12:00", ["20 18:00 = 12:30", "20 19:00 = 13:30"]),
    ("* * * * *", "UTC", "2026-11-20T12:00", ["20 12:01 = 12:01", "20 12:02 = 12:02"]),
]


@pytest.mark.parametrize(("cron", "zone", "begin", "expected"), CHOSEN_HOURS + EVERY_HOUR)
def test_the_next_ones(cron: str, zone: str, begin: str, expected: list[str]) -> None:
    assert after(cron, zone, begin, len(expected)) == expected


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE, KOLKATA, "UTC", "America/Santiago", TROLL, CASABLANCA])
def test_a_year_has_a_daily_job_every_day_and_a_minutely_one_without_a_hole(zone: str) -> None:
    for cron in ("30 2 * * *", "0 0 * * *", "45 1 * * *"):
        days = [at.astimezone(ZoneInfo(zone)).date() for at in islice(occurrences(cron, zone, utc("2026-01-01")), 365)]
        assert len(set(days)) == 365
    for begin in JUMPS:
        quarters = list(islice(occurrences("*/15 * * * *", zone, utc(begin)), 2 * 96))
        assert {(late - early).seconds for early, late in pairwise(quarters)} == {900}


def test_wherever_one_begins_the_next_one_is_the_same() -> None:
    """So that nothing is run twice, or left out, by looking again at another moment."""
    for cron in ("30 2 * * *", "*/20 * * * *", "10 1-3 * * *"):
        every = list(islice(occurrences(cron, BERLIN, utc("2026-10-24T20:00")), 40))
        for early, late in pairwise(every):
            middle = early + (late - early) / 2
            assert [next(occurrences(cron, BERLIN, moment)) for moment in (early, middle)] == [late, late]


def test_a_moment_without_a_zone_is_one_of_the_schedules_time_zone() -> None:
    for wall, expected in (("2026-07-01T09:00", "07:00"), ("2026-03-29T02:30", "01:00"), ("2026-10-25T02:30", "00:30")):
        assert f"{instant_of(datetime.fromisoformat(wall), BERLIN):%H:%M}" == expected


@pytest.mark.parametrize(
    "cron",
    [
        *("", "x", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "0 0 31 2 *", "0 0 */31 2 1L", "@reboot"),
        *("1-0 * * * *", "*/0 * * * *", "² * * * *", "* * * * 8", "0 0 0 * *", "* * * * 1#6", "@every 5s"),
        "9" * 250 + " * * * *",
    ],
)
def test_a_cron_that_cannot_be_or_never_comes_is_refused(cron: str) -> None:
    with pytest.raises(WrongCron):
        check(cron)


@pytest.mark.parametrize("name", ["", "Mars/Base", "Europe", "../etc/passwd", "/etc/passwd", "a\0b", "x" * 5_000, "é"])
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(WrongZone):
        zone_of(name)


def test_counting_what_has_passed_is_bounded() -> None:
    begin = utc("2026-01-01T00:00")
    assert passed("0 7 * * *", "UTC", utc("2026-01-01T07:00"), utc("2026-01-04T08:00")) == (4, utc("2026-01-05T07:00"))
    before = time.process_time()
    assert passed("* * * * *", BERLIN, begin, utc("2036-01-01T00:00:30")) == (MOST_COUNTED, utc("2036-01-01T00:01"))
    assert time.process_time() - before < 2
