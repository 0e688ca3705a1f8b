"""Sums of calls, and the calls one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal, null, select, tuple_

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.pagination import Cursor, Place
from spoonfeeder.core.vocabulary import CallStatus
from spoonfeeder.db.profile import Profile
from spoonfeeder.db.usage import UsageCall
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.usage.schemas import GroupBy, Sums, UsageGroup
from spoonfeeder.work import Work

MOST_COUNTED = 10_000
MOST_GROUPS = 1_000
DAY = func.to_char(func.timezone("UTC", UsageCall.started_at), "YYYY-MM-DD")
KEYS: dict[GroupBy, tuple[Any, Any, Any]] = {
    GroupBy.DAY: (DAY, null(), null()),
    GroupBy.PROFILE: (cast(UsageCall.profile_id, String), func.max(Profile.name), func.max(UsageCall.provider)),
    GroupBy.MODEL: (UsageCall.model, null(), UsageCall.provider),
    GroupBy.PROVIDER: (UsageCall.provider, null(), UsageCall.provider),
    GroupBy.PURPOSE: (UsageCall.purpose, null(), null()),
}
"""By which a report is grouped: key, name and provider of a group."""

IS_UNPRICED = UsageCall.cost_usd.is_(None) & UsageCall.status.not_in((CallStatus.OPEN, CallStatus.FAILED))
SUMS = (
    func.count(UsageCall.id).label("calls"),
    func.count(UsageCall.id).filter(UsageCall.status == CallStatus.FAILED).label("failed"),
    func.count(UsageCall.id).filter(IS_UNPRICED).label("unpriced_calls"),
    *(
        func.coalesce(func.sum(UsageCall.__table__.c[name]), 0).label(name)
        for name in ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")
    ),
    func.coalesce(func.sum(UsageCall.cost_usd), case((func.count().filter(IS_UNPRICED) == 0, 0))).label("cost_usd"),
)

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Calls:
    """`total` ends at MOST_COUNTED."""

    rows: Sequence[Any]
    total: int
    next_cursor: str | None


def between(since: datetime | None, until: datetime | None, **wanted: Any) -> Conditions:
    times = [
        *([UsageCall.started_at >= since] if since else ()),
        *([UsageCall.started_at < until] if until else ()),
    ]
    return [*times, *(getattr(UsageCall, name) == value for name, value in wanted.items() if value is not None)]


async def totals(work: Work, conditions: Conditions) -> Sums:
    mine = select(*SUMS).where(UsageCall.workspace_id == work.workspace_id, *conditions)
    return Sums(**(await work.session.execute(mine)).one()._mapping)


async def groups(work: Work, conditions: Conditions, group_by: GroupBy) -> list[UsageGroup]:
    """Days in their order; everything else with the dearest first."""
    key, name, provider = KEYS[group_by]
    keys = (key.label("key"), name.label("name"), provider.label("provider"))
    mine = select(*keys, *SUMS).where(UsageCall.workspace_id == work.workspace_id, *conditions)
    if group_by is GroupBy.PROFILE:
        mine = mine.outerjoin(Profile, Profile.id == UsageCall.profile_id)
    mine = mine.group_by(literal_key := key, *([provider] if group_by is GroupBy.MODEL else ()))
    by_cost = (func.sum(UsageCall.cost_usd).desc().nulls_last(), func.count(UsageCall.id).desc(), literal_key)
    ordered = mine.order_by(*([literal_key] if group_by is GroupBy.DAY else by_cost)).limit(MOST_GROUPS)
    return [UsageGroup(**row._mapping) for row in await work.session.execute(ordered)]


async def calls(work: Work, conditions: Conditions, place: Place) -> Calls:
    """Newest first. Raises Invalid for a page beyond what is counted."""
    if place.offset >= MOST_COUNTED:
        raise invalid_field("page", "Pages end at call 10,000; go on with the cursor, or narrow the time.")
    shown = select(*UsageCall.__table__.c, Profile.name.label("profile_name")).select_from(UsageCall)
    mine = shown.outerjoin(Profile, Profile.id == UsageCall.profile_id)
    mine = mine.where(UsageCall.workspace_id == work.workspace_id, *conditions)
    if place.cursor is not None:
        after = tuple_(literal(place.cursor.created_at), literal(place.cursor.id))
        mine = mine.where(tuple_(UsageCall.started_at, UsageCall.id) < after)
    ordered = mine.order_by(UsageCall.started_at.desc(), UsageCall.id.desc()).offset(place.offset)
    found = (await work.session.execute(ordered.limit(place.limit + 1))).all()
    rows = found[: place.limit]
    more = str(Cursor(rows[-1].started_at, rows[-1].id)) if len(found) > place.limit else None
    return Calls(rows, await _count(work, conditions), more)


async def _count(work: Work, conditions: Conditions) -> int:
    some = visible(select(UsageCall.id), work.actor).where(*conditions).limit(MOST_COUNTED).subquery()
    return int((await work.session.execute(select(func.count()).select_from(some))).scalar_one())
