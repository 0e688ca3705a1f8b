"""Which of a profile's API keys a call uses: in turn, save those that rest or were refused.

The row of a taken key stays locked until the transaction ends, so a key is taken late in it.
"""

import math
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, literal, or_, select, true, update

from spoonfeeder.core.crypto import Cipher, KeyUnreadable
from spoonfeeder.core.errors import AppError
from spoonfeeder.db.profile import Profile, ProfileKey
from spoonfeeder.db.sealed import POOL_KEY
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles import keys
from spoonfeeder.work import Work

Found = Row[*tuple[Any, ...]]
LONGEST_REST_SECONDS = 3_600.0
CLOCK = func.clock_timestamp()
ROWS: Any = ProfileKey.__table__
USABLE = (ProfileKey.disabled_at.is_(None), or_(ProfileKey.rests_until.is_(None), ProfileKey.rests_until <= CLOCK))


class NoKeyLeft(AppError):
    """The provider wanted a pause for every API key of this profile; try again later, or add another key."""

    status = 429
    code = "PROFILE_KEYS_EXHAUSTED"


class KeysDisabled(NoKeyLeft):
    """All API keys of this profile are switched off or were refused by the provider; enter them again."""

    status = 502
    code = "PROFILE_KEYS_DISABLED"


@dataclass(frozen=True, slots=True)
class Lease:
    """`key_id` is None where the profile has no pool."""

    key_id: UUID | None
    api_key: str | None = field(repr=False)


async def take(work: Work, profile: Profile) -> Lease:
    """The key that was used least recently, counted as used. Raises NoKeyLeft, KeysDisabled, KeyUnreadable.

    A key that cannot be read is switched off and passed over; only a profile without a pool raises KeyUnreadable.
    """
    cipher = work.runtime.cipher
    while True:
        row = await _claim(work, profile.id)
        if row.id is None and row.pool:
            row = await _claim(work, profile.id, waits=True)
        if not row.pool:
            return Lease(None, keys.unseal(cipher, profile))
        if row.id is None:
            raise await _nothing_left(work, profile.id)
        try:
            return Lease(row.id, unseal(cipher, profile, row))
        except KeyUnreadable as error:
            await disable(work, row.id, error.code)


def unseal(cipher: Cipher, profile: Profile, row: ProfileKey | Found) -> str | None:
    """Raises KeyUnreadable, also for a key that was saved for another server than the profile's of now (A18)."""
    if row.api_key is None:
        return keys.unseal(cipher, profile)
    place = ProfileKey(id=row.id, workspace_id=profile.workspace_id, url=profile.url)
    return cipher.decrypt(row.api_key, POOL_KEY.binding_of(place))


async def _claim(work: Work, profile_id: UUID, *, waits: bool = False) -> Found:
    """How many rows the pool has, and the one taken, in one round trip that locks nothing where there is no pool.

    Who has to wait does so for any key, since all would queue for the same one otherwise.
    """
    mine = visible(select(ProfileKey.id), work.actor).where(ProfileKey.profile_id == profile_id)
    order = func.random() if waits else ProfileKey.last_used_at.asc().nulls_first()
    free = mine.where(*USABLE).order_by(order).limit(1).with_for_update(key_share=True, skip_locked=not waits)
    used = {"last_used_at": CLOCK, "request_count": ROWS.c.request_count + 1}
    chosen = select(free.cte("free").c.id).scalar_subquery()
    taken = update(ROWS).where(ROWS.c.id == chosen).values(used).returning(ROWS.c.id, ROWS.c.api_key).cte("taken")
    pool = select(func.count()).select_from(mine.subquery()).scalar_subquery().label("pool")
    always = select(literal(1)).subquery()
    statement = select(pool, taken.c.id, taken.c.api_key).select_from(always.outerjoin(taken, true()))
    return (await work.session.execute(statement)).one()


async def _nothing_left(work: Work, profile_id: UUID) -> NoKeyLeft:
    soonest = func.extract("epoch", func.min(ProfileKey.rests_until) - CLOCK)
    statement = visible(select(ProfileKey.id), work.actor).with_only_columns(soonest)
    resting = statement.where(ProfileKey.profile_id == profile_id, ProfileKey.disabled_at.is_(None))
    seconds = await work.session.scalar(resting)
    if seconds is None:
        return KeysDisabled()
    return NoKeyLeft(headers={"Retry-After": str(max(1, math.ceil(seconds)))})


async def rest(work: Work, key_id: UUID, seconds: float, code: str) -> None:
    """The provider wants a pause from this key; an error of it. Nothing happens where the key is gone."""
    until = CLOCK + func.make_interval(0, 0, 0, 0, 0, 0, min(max(seconds, 1.0), LONGEST_REST_SECONDS))
    await _note_error(work, key_id, code, rests_until=func.greatest(ROWS.c.rests_until, until))


async def disable(work: Work, key_id: UUID, code: str) -> None:
    """The provider refuses this key: it is used no more until somebody enables it. An error of it."""
    await _note_error(work, key_id, code, disabled_at=func.coalesce(ROWS.c.disabled_at, CLOCK))


async def count_error(work: Work, key_id: UUID, code: str) -> None:
    await _note_error(work, key_id, code)


async def _note_error(work: Work, key_id: UUID, code: str, **values: Any) -> None:
    values |= {"error_count": ROWS.c.error_count + 1, "last_error_code": code[:50]}
    mine = (ROWS.c.id == key_id, ROWS.c.workspace_id == work.workspace_id)
    profile_id = await work.session.scalar(update(ROWS).where(*mine).values(values).returning(ROWS.c.profile_id))
    if profile_id is not None and len(values) > 2:
        work.tell_change("profile", profile_id, "updated")
