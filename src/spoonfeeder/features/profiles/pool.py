"""A profile's pool of API keys: listed, added, changed and removed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from pydantic import SecretStr

from spoonfeeder.core import crypto
from spoonfeeder.core.crypto import KeyUnreadable
from spoonfeeder.core.errors import AppError, Conflict, NotFound, invalid_field
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.db.profile import Profile, ProfileKey
from spoonfeeder.db.sealed import POOL_KEY
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.profiles import key_pool, keys, service
from spoonfeeder.features.profiles.key_schemas import KeyInput, KeyOut, KeyPatch
from spoonfeeder.features.profiles.pool_rows import enable, keep_own_row, plain_keys, require_new, rows_of
from spoonfeeder.work import Work

MOST_KEYS = 50


class KeyNotFound(NotFound):
    """This profile has no such API key."""

    code = "PROFILE_KEY_NOT_FOUND"


class TooManyKeys(Conflict):
    """A profile has at most 50 API keys beside its own; remove one first."""

    code = "TOO_MANY_PROFILE_KEYS"


class OwnKey(Conflict):
    """This is the profile's own API key; change or remove it in the profile."""

    code = "PROFILE_KEY_OWN"


class OneKeyOnly(AppError):
    """A ComfyUI is asked with the profile's own API key only."""

    status = 422
    code = "PROFILE_KEYS_NOT_SUPPORTED"


async def list_keys(work: Work, profile_id: UUID) -> list[KeyOut]:
    """Raises ProfileNotFound."""
    profile = await service.get(work, profile_id)
    return [shown(work, profile, row) for row in await rows_of(work, profile)]


def shown(work: Work, profile: Profile, row: ProfileKey) -> KeyOut:
    made = {"is_own": row.api_key is None, "enabled": row.disabled_at is None}
    columns = {name: getattr(row, name) for name in KeyOut.model_fields if name not in made}
    columns["api_key"] = _masked(work, profile, row)
    return KeyOut(**columns, **made)


def _masked(work: Work, profile: Profile, row: ProfileKey) -> str | None:
    try:
        plain = key_pool.unseal(work.runtime.cipher, profile, row)
    except KeyUnreadable:
        plain = ""
    return None if plain is None else crypto.masked(plain)


async def add(work: Work, profile_id: UUID, data: KeyInput) -> KeyOut:
    """Raises ProfileNotFound, OneKeyOnly, TooManyKeys, KeyExists, Invalid."""
    key = keys.plain_key(data.api_key)
    if key is None:
        raise invalid_field("api_key", "Enter the API key.")
    profile = await service.get(work, profile_id, for_update=True)
    if profile.provider == Provider.COMFYUI:
        raise OneKeyOnly
    rows = await rows_of(work, profile)
    if sum(row.api_key is not None for row in rows) >= MOST_KEYS:
        raise TooManyKeys
    row = ProfileKey(id=uuid4(), workspace_id=profile.workspace_id, profile_id=profile.id, name=data.name)
    require_new(key, *_known(work, profile, rows))
    _seal(work, profile, row, key)
    row.disabled_at = None if data.enabled else datetime.now(UTC)
    work.session.add(row)
    await keep_own_row(work, profile, [*rows, row])
    await _told(work, Action.PROFILE_KEY_ADDED, profile, row)
    return shown(work, profile, row)


def _known(work: Work, profile: Profile, rows: Sequence[ProfileKey]) -> list[str | None]:
    return [*plain_keys(work, profile, rows), keys.readable(work.runtime.cipher, profile)]


def _seal(work: Work, profile: Profile, row: ProfileKey, key: str) -> None:
    row.url = profile.url
    row.api_key = work.runtime.cipher.encrypt(key, POOL_KEY.binding_of(row))


async def change(work: Work, profile_id: UUID, key_id: UUID, data: KeyPatch) -> KeyOut:
    """Raises ProfileNotFound, KeyNotFound, OwnKey, KeyExists, Invalid."""
    profile, rows, row = await _find(work, profile_id, key_id)
    key = _new_key(work, profile, row, data.api_key)
    if key is not None:
        if row.api_key is None:
            raise OwnKey
        require_new(key, *_known(work, profile, [other for other in rows if other is not row]))
        _seal(work, profile, row, key)
        enable(row)
    if data.name is not None:
        row.name = data.name
    if data.enabled:
        enable(row)
    elif data.enabled is False and row.disabled_at is None:
        row.disabled_at = datetime.now(UTC)
    await work.session.flush()
    await _told(work, Action.PROFILE_KEY_CHANGED if key else None, profile, row)
    return shown(work, profile, row)


def _new_key(work: Work, profile: Profile, row: ProfileKey, given: SecretStr | None) -> str | None:
    """None where it stays: absent, empty, or the mask that we showed."""
    is_mask = given is not None and given.get_secret_value() == _masked(work, profile, row)
    return None if is_mask else keys.plain_key(given)


async def remove(work: Work, profile_id: UUID, key_id: UUID) -> None:
    """Raises ProfileNotFound, KeyNotFound, OwnKey."""
    profile, rows, row = await _find(work, profile_id, key_id)
    if row.api_key is None:
        raise OwnKey
    await work.session.delete(row)
    await keep_own_row(work, profile, [other for other in rows if other is not row])
    await _told(work, Action.PROFILE_KEY_REMOVED, profile, row)


async def _find(work: Work, profile_id: UUID, key_id: UUID) -> tuple[Profile, list[ProfileKey], ProfileKey]:
    profile = await service.get(work, profile_id, for_update=True)
    rows = list(await rows_of(work, profile))
    row = next((row for row in rows if row.id == key_id), None)
    if row is None:
        raise KeyNotFound
    return profile, rows, row


async def _told(work: Work, action: Action | None, profile: Profile, row: ProfileKey) -> None:
    work.tell_change("profile", profile.id, "updated")
    if action is not None:
        await record(work, action, "profile", profile.id, name=row.name)
