"""The ComfyUI machines of a profile: added, changed and removed."""

from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy import update as sql_update

from spoonfeeder.core.crypto import origin_of
from spoonfeeder.core.errors import AppError, Conflict, invalid_field
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.backends import keys, queries
from spoonfeeder.features.backends.schemas import BackendInput, BackendPatch
from spoonfeeder.features.backends.state import GENERATIONS, NOT_ASKED
from spoonfeeder.features.profiles import keys as profile_keys
from spoonfeeder.features.profiles.addresses import checked_url
from spoonfeeder.work import Work

MOST_BACKENDS = 32


class TooManyBackends(Conflict):
    """A profile has at most 32 machines; remove one first."""

    code = "TOO_MANY_BACKENDS"


class BackendExists(Conflict):
    """This profile has a machine with that address already."""

    code = "BACKEND_EXISTS"


class OwnBackend(Conflict):
    """This machine is the profile's own address; give the profile another one, or switch the machine off."""

    code = "BACKEND_OWN"


class OfProfile(AppError):
    """Address and API key of this machine are the profile's own; change them in the profile."""

    status = 422
    code = "BACKEND_OWN"


async def create(work: Work, data: BackendInput) -> UUID:
    """Raises ProfileNotFound, NotComfyUI, TargetNotAllowed, Invalid, TooManyBackends, BackendExists."""
    url, key = await _address(work, data.url), profile_keys.plain_key(data.api_key)
    profile = await queries.comfyui_profile(work, data.profile_id, for_update=True)
    mine = select(func.count()).where(ComfyBackend.profile_id == profile.id)
    if (await work.session.scalar(mine) or 0) >= MOST_BACKENDS:
        raise TooManyBackends
    await _require_new(work, profile.id, url)
    row = ComfyBackend(id=uuid4(), workspace_id=profile.workspace_id, profile_id=profile.id, url=url)
    row.name, row.slots, row.enabled = data.name, data.slots, data.enabled
    if key is not None:
        keys.seal(work.runtime.cipher, row, key)
    work.session.add(row)
    await work.session.flush()
    work.tell_change("backend", row.id, "created")
    await record(work, Action.BACKEND_CREATED, "backend", row.id, name=row.name, origin=origin_of(url))
    return row.id


async def _address(work: Work, given: str) -> str:
    """Raises TargetNotAllowed or Invalid."""
    url = await checked_url(work.runtime.targets, given)
    if url is None:
        raise invalid_field("url", "Enter the address of the machine; it looks like http://host:8188.")
    return url


async def _require_new(work: Work, profile_id: UUID, url: str) -> None:
    """Raises BackendExists."""
    same = select(ComfyBackend.id).where(ComfyBackend.profile_id == profile_id, ComfyBackend.url == url)
    if await work.session.scalar(same) is not None:
        raise BackendExists


async def update(work: Work, backend_id: UUID, data: BackendPatch) -> None:
    """Raises BackendNotFound, OfProfile, TargetNotAllowed, Invalid, BackendExists, ApiKeyRequired."""
    url = None if data.url is None else await _address(work, data.url)
    profile = await _lock_profile(work, backend_id)
    row = await _lock(work, backend_id)
    if row.is_own:
        _require_profiles_own(work, row, profile, data, url)
    else:
        await _move(work, row, profile, data, url)
    for name in data.model_fields_set & {"name", "slots", "draining"}:
        setattr(row, name, getattr(data, name))
    if data.enabled and not row.enabled:
        row.checked_at = None
    if data.enabled is not None:
        row.enabled = data.enabled
    await work.session.flush()
    work.ring(GENERATIONS)
    work.tell_change("backend", row.id, "updated")


def _require_profiles_own(work: Work, row: ComfyBackend, profile: Profile, data: BackendPatch, url: str | None) -> None:
    """Nothing that the profile has is changed. Raises OfProfile."""
    if url not in {None, row.url}:
        raise OfProfile
    if "api_key" in data.model_fields_set:
        given = data.api_key.get_secret_value() if data.api_key else None
        if given not in {"", keys.masked(work.runtime.cipher, row, profile)}:
            raise OfProfile


async def _move(work: Work, row: ComfyBackend, profile: Profile, data: BackendPatch, url: str | None) -> None:
    """Another address, another key. Raises Invalid, BackendExists, ApiKeyRequired."""
    mask, origin_before = keys.masked(work.runtime.cipher, row, profile), origin_of(row.url)
    if url is not None and url != row.url:
        await _require_new(work, row.profile_id, url)
        row.url = url
        for name, value in NOT_ASKED.items():
            setattr(row, name, value)
        origin = origin_of(url)
        await record(work, Action.BACKEND_URL_CHANGED, "backend", row.id, origin=origin, origin_before=origin_before)
    await _change_key(work, row, data, mask, is_moved=origin_of(row.url) != origin_before)


async def _change_key(work: Work, row: ComfyBackend, data: BackendPatch, mask: str | None, *, is_moved: bool) -> None:
    """Raises Invalid, ApiKeyRequired."""
    had_key = row.api_key is not None
    if "api_key" in data.model_fields_set and data.api_key is None:
        row.api_key = None
    is_mask = data.api_key is not None and data.api_key.get_secret_value() == mask
    key = None if is_mask else profile_keys.plain_key(data.api_key)
    if key is not None:
        keys.seal(work.runtime.cipher, row, key)
    elif row.api_key is not None and is_moved:
        raise profile_keys.ApiKeyRequired
    if key is not None or (had_key and row.api_key is None):
        row.checked_at = None
        await record(work, Action.BACKEND_KEY_CHANGED, "backend", row.id, removed=row.api_key is None)


async def delete(work: Work, backend_id: UUID) -> None:
    """What runs there is seen to its end; what was to run there runs anywhere. Raises BackendNotFound, OwnBackend."""
    profile = await _lock_profile(work, backend_id)
    unfinished = (Generation.wanted_backend_id == backend_id, Generation.completed_at.is_(None))
    wishes = await lock_rows(work.session, Generation, Generation.profile_id == profile.id, *unfinished)
    row = await _lock(work, backend_id)
    if row.is_own:
        raise OwnBackend
    await work.session.execute(sql_update(Generation).where(wishes).values(wanted_backend_id=None))
    await work.session.delete(row)
    await work.session.flush()
    work.ring(GENERATIONS)
    work.tell_change("backend", backend_id, "deleted")
    await record(work, Action.BACKEND_DELETED, "backend", backend_id, name=row.name, origin=origin_of(row.url))


async def _lock_profile(work: Work, backend_id: UUID) -> Profile:
    """The first in the order of docs/decisions/0009. Raises BackendNotFound."""
    _, profile = await queries.get(work, backend_id)
    await work.session.refresh(profile, with_for_update={"key_share": True})
    if profile.deleted_at is not None:
        raise queries.BackendNotFound
    return profile


async def _lock(work: Work, backend_id: UUID) -> ComfyBackend:
    """The last. Raises BackendNotFound."""
    mine = select(ComfyBackend).where(ComfyBackend.id == backend_id).with_for_update()
    row: ComfyBackend | None = await work.session.scalar(mine.execution_options(populate_existing=True))
    if row is None:
        raise queries.BackendNotFound
    return row
