"""Profiles: connections to providers, created, changed, listed and hidden."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from spoonfeeder.core.crypto import origin_of
from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles import keys, pool_rows
from spoonfeeder.features.profiles.addresses import checked_url, default_url
from spoonfeeder.features.profiles.demo import DEMO_PROFILE_ID
from spoonfeeder.features.profiles.options import require_free, require_harmless
from spoonfeeder.features.profiles.schemas import ProfileInput, ProfileOut, ProfilePatch
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work

ORDER = (Profile.position.nulls_last(), Profile.created_at, Profile.id)
"""That of the workspace."""


class ProfileNotFound(NotFound):
    """This profile does not exist."""

    code = "PROFILE_NOT_FOUND"


async def list_profiles(work: Work, *, provider: Provider | None, limit: int) -> list[ProfileOut]:
    """In the workspace's order: the first ComfyUI profile that is not the demo is the one used by default."""
    statement = visible(select(Profile), work.actor).order_by(*ORDER).limit(limit)
    if provider is not None:
        statement = statement.where(Profile.provider == provider)
    return [shown(work.runtime, profile) for profile in await work.session.scalars(statement)]


async def get(work: Work, profile_id: UUID, *, for_update: bool = False) -> Profile:
    """Raises ProfileNotFound."""
    statement = visible(select(Profile), work.actor).where(Profile.id == profile_id)
    profile = await work.session.scalar(statement.with_for_update(key_share=True) if for_update else statement)
    if profile is None:
        raise ProfileNotFound
    return profile


def shown(runtime: Runtime, profile: Profile) -> ProfileOut:
    """As answers show it: the key masked."""
    made = {"has_api_key": profile.api_key is not None, "is_demo": profile.id == DEMO_PROFILE_ID}
    columns = {name: getattr(profile, name) for name in ProfileOut.model_fields if name not in made}
    columns["api_key"] = keys.masked(runtime.cipher, profile)
    return ProfileOut(**columns, **made)


async def create(work: Work, data: ProfileInput) -> Profile:
    """Raises TargetNotAllowed or Invalid."""
    require_harmless(data.options)
    require_free(data.provider, data.options)
    key = keys.plain_key(data.api_key)
    url = await checked_url(work.runtime.targets, data.url)
    kind = data.type or (Modality.IMAGE if data.provider is Provider.COMFYUI else Modality.TEXT)
    profile = Profile(
        id=uuid4(),
        workspace_id=work.workspace_id,
        name=data.name,
        description=data.description,
        type=kind,
        provider=data.provider,
        url=url or default_url(work.runtime.settings, data.provider),
        options=data.options,
        prompt_template=data.prompt_template,
        first_byte_timeout_seconds=data.first_byte_timeout_seconds,
        position=data.position,
        input_modalities=data.input_modalities or [Modality.TEXT],
        output_modalities=data.output_modalities or [kind],
    )
    if key is not None:
        keys.seal(work.runtime.cipher, profile, key)
    work.session.add(profile)
    await work.session.flush()
    work.tell_change("profile", profile.id, "created")
    origin = origin_of(profile.url)
    await record(
        work, Action.PROFILE_CREATED, "profile", profile.id, name=data.name, provider=data.provider, origin=origin
    )
    return profile


async def update_profile(work: Work, profile_id: UUID, data: ProfilePatch) -> Profile:
    """Raises ProfileNotFound, TargetNotAllowed, Invalid, ApiKeyRequired, KeysBound, KeyExists."""
    given = data.model_dump(exclude_unset=True)
    require_harmless(given.get("options"))
    if "url" in given:
        given["url"] = await checked_url(work.runtime.targets, given["url"])
    profile = await get(work, profile_id, for_update=True)
    mask, served, address = keys.masked(work.runtime.cipher, profile), _served(profile), profile.url
    moved = await _lock_waiting(work, profile) if _moves(profile, given) else None
    for name in given.keys() - {"api_key"}:
        setattr(profile, name, given[name])
    if given.keys() & {"options", "provider"}:
        require_free(Provider(profile.provider), profile.options)
    if profile.url is None:
        profile.url = default_url(work.runtime.settings, Provider(profile.provider))
    await _change_key(work, profile, data, mask, is_moved=_served(profile) != served)
    await work.session.flush()
    work.tell_change("profile", profile.id, "updated")
    if profile.url != address or _served(profile) != served:
        await _record_move(work, profile, served[1])
    if moved is not None:
        await _move_waiting(work, profile, address, moved)
    return profile


def _moves(profile: Profile, given: dict[str, Any]) -> bool:
    return any(name in given and given[name] != getattr(profile, name) for name in ("url", "provider"))


async def _change_key(work: Work, profile: Profile, data: ProfilePatch, mask: str | None, *, is_moved: bool) -> None:
    """Raises Invalid, ApiKeyRequired, KeysBound, KeyExists."""
    had_key = profile.api_key is not None
    if "api_key" in data.model_fields_set and data.api_key is None:
        profile.api_key = None
    key = None if data.api_key and data.api_key.get_secret_value() == mask else keys.plain_key(data.api_key)
    if key is not None:
        keys.seal(work.runtime.cipher, profile, key)
    elif profile.api_key is not None and is_moved:
        raise keys.ApiKeyRequired
    await pool_rows.follow_profile(work, profile, new_key=key, is_moved=is_moved)
    if key is not None or (had_key and profile.api_key is None):
        await record(work, Action.PROFILE_KEY_CHANGED, "profile", profile.id, removed=profile.api_key is None)


async def _record_move(work: Work, profile: Profile, origin_before: str) -> None:
    """Without the path of the address, which some providers make a secret."""
    await record(
        work,
        Action.PROFILE_URL_CHANGED,
        "profile",
        profile.id,
        provider=Provider(profile.provider),
        origin=origin_of(profile.url),
        origin_before=origin_before,
    )


async def _lock_waiting(work: Work, profile: Profile) -> ColumnElement[bool]:
    """Before the profile is written, as a trigger then locks its machine, which is the last (decision 0009)."""
    unbegun = and_(Generation.started_at.is_(None), Generation.backend_url == profile.url)
    wishes = Generation.wanted_backend_id.is_not(None)
    mine = (Generation.profile_id == profile.id, Generation.completed_at.is_(None))
    return await lock_rows(work.session, Generation, *mine, or_(unbegun, wishes))


async def _move_waiting(work: Work, profile: Profile, address: str | None, locked: ColumnElement[bool]) -> None:
    """Generations that were to go to its old address and were not begun go to the new one, also one being tried.

    What was wanted on a machine that it has taken the address of is wanted on its own one.
    """
    of_profile = select(ComfyBackend.id).where(ComfyBackend.profile_id == profile.id)
    is_gone = and_(Generation.wanted_backend_id.is_not(None), Generation.wanted_backend_id.not_in(of_profile))
    own = of_profile.where(ComfyBackend.is_own).scalar_subquery()
    await work.session.execute(update(Generation).where(locked, is_gone).values(wanted_backend_id=own))
    there = and_(locked, Generation.started_at.is_(None), Generation.backend_url == address)
    told = {"waiting_reason": None, "waiting_since": None}
    await work.session.execute(update(Generation).where(there, Generation.held_at.is_(None)).values(told))
    moved = {"backend_url": profile.url, "run_after": func.now()}
    await work.session.execute(update(Generation).where(there).values(moved))


def _served(profile: Profile) -> tuple[str, str]:
    """Whom a key of this profile is sent to: two providers' own addresses are both called `default`."""
    return profile.provider, origin_of(profile.url)


async def delete(work: Work, profile_id: UUID) -> None:
    """Hides the profile, and with it its models. Raises ProfileNotFound."""
    await get(work, profile_id, for_update=True)
    await work.session.execute(update(Profile).where(Profile.id == profile_id).values(deleted_at=func.now()))
    work.tell_change("profile", profile_id, "deleted")
    await record(work, Action.PROFILE_DELETED, "profile", profile_id)
