"""The rows of a profile's pool, and the one among them that stands for the profile's own key.

Whoever writes here holds the profile's row locked.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from uuid import uuid4

from sqlalchemy import select

from spoonfeeder.core.crypto import KeyUnreadable
from spoonfeeder.core.errors import AppError, Conflict
from spoonfeeder.db.profile import Profile, ProfileKey
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles import key_pool
from spoonfeeder.work import Work

OWN_NAME = "The profile's own key"


class KeysBound(AppError):
    """The profile's further API keys were saved for its present server; remove them before it gets another one."""

    status = 422
    code = "PROFILE_KEYS_BOUND"


class KeyExists(Conflict):
    """This profile uses that API key already."""

    code = "PROFILE_KEY_EXISTS"


async def rows_of(work: Work, profile: Profile) -> Sequence[ProfileKey]:
    """The oldest first; the profile's own key was always there, so it leads."""
    mine = visible(select(ProfileKey), work.actor).where(ProfileKey.profile_id == profile.id)
    ordered = mine.order_by(ProfileKey.api_key.is_not(None), ProfileKey.created_at, ProfileKey.id)
    return (await work.session.scalars(ordered)).all()


async def follow_profile(work: Work, profile: Profile, *, new_key: str | None, is_moved: bool) -> None:
    """After a change of the profile; `is_moved`: its keys would go to somebody else. Raises KeysBound, KeyExists."""
    rows = await rows_of(work, profile)
    if not rows:
        return
    if is_moved:
        raise KeysBound
    if new_key is not None:
        require_new(new_key, *plain_keys(work, profile, rows))
    await keep_own_row(work, profile, rows, is_new=new_key is not None)


async def keep_own_row(work: Work, profile: Profile, rows: Sequence[ProfileKey], *, is_new: bool = False) -> None:
    """There is a row for the own key where there is an own key and another one beside it. A new one may be used."""
    own = next((row for row in rows if row.api_key is None), None)
    is_pool = any(row.api_key is not None for row in rows)
    if own is not None and (profile.api_key is None or not is_pool):
        await work.session.delete(own)
    elif own is None and profile.api_key is not None and is_pool:
        row = ProfileKey(id=uuid4(), workspace_id=profile.workspace_id, profile_id=profile.id, name=OWN_NAME)
        work.session.add(row)
    elif own is not None and is_new:
        enable(own)
    await work.session.flush()


def enable(row: ProfileKey) -> None:
    row.disabled_at = row.rests_until = row.last_error_code = None


def plain_keys(work: Work, profile: Profile, rows: Sequence[ProfileKey]) -> Iterator[str]:
    """The keys of the pool, without the profile's own, that can be read."""
    for row in rows:
        if row.api_key is not None:
            with suppress(KeyUnreadable):
                yield key_pool.unseal(work.runtime.cipher, profile, row) or ""


def require_new(key: str, *known: str | None) -> None:
    """Raises KeyExists, which does not say where."""
    if key in known:
        raise KeyExists
