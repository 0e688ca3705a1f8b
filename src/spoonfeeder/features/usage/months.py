"""Calendar months in UTC, by which budgets are counted."""

from datetime import UTC, datetime, timedelta

THIS_MONTH = "date_trunc('month', now(), 'UTC')"
"""Its beginning, as SQL."""


def this_month(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(moment: datetime) -> datetime:
    return this_month(this_month(moment) + timedelta(days=32))
