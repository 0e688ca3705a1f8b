"""Whom a request for a model goes to: a profile, else the provider's settings, else the environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.core.errors import AppError, invalid_field
from spoonfeeder.core.vocabulary import MessageRole, Provider
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles import keys, service
from spoonfeeder.providers.base import FIRST_BYTE_SECONDS, ChatMessage, ChatRequest
from spoonfeeder.work import Work


class SourceRequired(AppError):
    """Nothing is set up for this provider yet: create a profile with its API key."""

    status = 422
    code = "PROFILE_REQUIRED"


class SourceKind(StrEnum):
    PROFILE = "profile"
    SETTINGS = "settings"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Source:
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


async def find_source(work: Work, *, profile_id: UUID | None, provider: Provider | None) -> Source:
    """Raises ProfileNotFound, SourceRequired, KeyUnreadable, Invalid where the two contradict each other."""
    if profile_id is not None:
        profile = await service.get(work, profile_id)
        if provider is not None and profile.provider != provider:
            raise invalid_field("provider", f"This profile is of {profile.provider}, not of {provider}.")
        return _of_profile(work, profile)
    if provider is None:
        raise invalid_field("provider", "Say which provider or which profile is meant.")
    mine = visible(select(Profile), work.actor).where(Profile.provider == provider)
    found = await work.session.scalar(mine.order_by(Profile.created_at, Profile.id).limit(1))
    if found is None:
        raise SourceRequired
    return _of_profile(work, found)


def _of_profile(work: Work, profile: Profile) -> Source:
    return Source(
        kind=SourceKind.PROFILE,
        provider=Provider(profile.provider),
        name=profile.name,
        url=profile.url,
        api_key=keys.unseal(work.runtime.cipher, profile),
        profile_id=profile.id,
        options=profile.options or {},
        system_prompt=profile.prompt_template,
        first_byte_seconds=profile.first_byte_timeout_seconds or FIRST_BYTE_SECONDS,
    )


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
