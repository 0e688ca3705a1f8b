"""Whom a request for a model goes to: named profile, else settings, first profile, environment (decision 0012)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, case, exists, func, select

from spoonfeeder.core.errors import AppError, invalid_field
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.vocabulary import MessageRole, Modality, Provider
from spoonfeeder.db.profile import Profile, ProfileKey, ProfileModel
from spoonfeeder.features.profiles import keys
from spoonfeeder.features.profiles.addresses import default_url
from spoonfeeder.features.profiles.service import ProfileNotFound
from spoonfeeder.features.settings.source import find_setting
from spoonfeeder.providers.base import FIRST_BYTE_SECONDS, ChatMessage, ChatRequest
from spoonfeeder.providers.errors import NotSupported
from spoonfeeder.work import Work


class SourceRequired(AppError):
    """Nothing is set up for this provider yet: create a profile with its API key."""

    status = 422
    code = "PROFILE_REQUIRED"


class SourceKind(StrEnum):
    PROFILE = "profile"
    SETTINGS = "settings"
    ENVIRONMENT = "environment"


# Made once, of tables alone: to build it anew for each call, or as the ORM does, takes longer than the database does.
ROWS, KEYS, MODELS = Profile.__table__.c, ProfileKey.__table__.c, ProfileModel.__table__.c
COLUMNS = [
    ROWS[name]
    for name in (
        *("id", "workspace_id", "name", "provider", "url", "api_key"),
        *("options", "prompt_template", "first_byte_timeout_seconds"),
    )
]
HAS_POOL = exists().where(KEYS.profile_id == ROWS.id)
ONLY_MODEL = select(case((func.count() == 1, func.min(MODELS.model_id)))).where(
    MODELS.profile_id == ROWS.id,
    *(func.strpos(words, f'"{Modality.TEXT}"') > 0 for words in (MODELS.input_modalities, MODELS.output_modalities)),
)
MINE: Select[Any] = select(*COLUMNS, HAS_POOL, ONLY_MODEL.scalar_subquery()).where(
    ROWS.workspace_id == bindparam("workspace_id"), ROWS.deleted_at.is_(None)
)
BY_ID = MINE.where(ROWS.id == bindparam("profile_id"))
FIRST = (
    MINE.where(ROWS.provider == bindparam("provider"))
    .order_by(ROWS.position.nulls_last(), ROWS.created_at, ROWS.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Source:
    """`pool_of` is the profile that has several keys to be used in turn; then `api_key` is None."""

    kind: SourceKind
    provider: Provider
    name: str
    url: str | None
    api_key: str | None = field(repr=False)
    profile_id: UUID | None = None
    default_model: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    system_prompt: str | None = None
    first_byte_seconds: float = FIRST_BYTE_SECONDS
    pool_of: Profile | None = field(default=None, repr=False, compare=False)


async def find_source(work: Work, *, profile_id: UUID | None, provider: Provider | None) -> Source:
    """Raises ProfileNotFound, SourceRequired, KeyUnreadable, NotSupported, Invalid where the two contradict."""
    if profile_id is not None:
        source = await _find_profile(work, BY_ID, profile_id=profile_id)
        if source is None:
            raise ProfileNotFound
        if provider is not None and source.provider is not provider:
            raise invalid_field("provider", f"This profile is of {source.provider}, not of {provider}.")
        return source
    if provider is None:
        raise invalid_field("provider", "Say which provider or which profile is meant.")
    _require_model_provider(provider)
    found = (
        await _find_settings(work, provider)
        or await _find_profile(work, FIRST, provider=provider)
        or _of_environment(work, provider)
    )
    if found is None:
        raise SourceRequired
    return found


def _require_model_provider(provider: Provider) -> None:
    if provider is Provider.COMFYUI:
        raise NotSupported("ComfyUI runs workflows; choose a profile of a provider of language models.")


async def _find_profile(work: Work, statement: Select[Any], **wanted: Any) -> Source | None:
    mine = {"workspace_id": work.workspace_id, **wanted}
    found = (await work.session.execute(statement, mine)).one_or_none()
    if found is None:
        return None
    *columns, has_pool, only_model = found
    profile = Profile(**{column.name: value for column, value in zip(COLUMNS, columns, strict=True)})
    provider = Provider(profile.provider)
    _require_model_provider(provider)
    return Source(
        kind=SourceKind.PROFILE,
        provider=provider,
        name=profile.name,
        url=profile.url,
        api_key=None if has_pool else keys.unseal(work.runtime.cipher, profile),
        profile_id=profile.id,
        default_model=only_model,
        options=profile.options or {},
        system_prompt=profile.prompt_template,
        first_byte_seconds=profile.first_byte_timeout_seconds or FIRST_BYTE_SECONDS,
        pool_of=profile if has_pool else None,
    )


async def _find_settings(work: Work, provider: Provider) -> Source | None:
    kept = await find_setting(work, provider)
    if kept is None:
        return None
    url = kept.url or default_url(work.runtime.settings, provider)
    return Source(
        SourceKind.SETTINGS, provider, f"{provider} settings", url, kept.api_key, default_model=kept.default_model
    )


def has_environment(settings: Settings, provider: Provider) -> bool:
    """Ollama needs no key, so its usual address is enough."""
    return provider is Provider.OLLAMA or settings.provider_key(provider) is not None


def _of_environment(work: Work, provider: Provider) -> Source | None:
    settings = work.runtime.settings
    if not has_environment(settings, provider):
        return None
    url, key = default_url(settings, provider), settings.provider_key(provider)
    return Source(SourceKind.ENVIRONMENT, provider, f"{provider} (environment)", url, key)


def request_to(
    source: Source, model: str | None, messages: Sequence[ChatMessage], options: Mapping[str, Any] | None
) -> ChatRequest:
    """The source's system prompt, unless the messages have one, and its options below the given ones."""
    chosen = model or source.default_model
    if not chosen:
        raise invalid_field("model", "Say which model is meant.")
    has_system = any(message.role is MessageRole.SYSTEM for message in messages)
    before = (
        [ChatMessage(MessageRole.SYSTEM, (source.system_prompt,))] if source.system_prompt and not has_system else []
    )
    return ChatRequest(chosen, (*before, *messages), {**source.options, **(options or {})})
