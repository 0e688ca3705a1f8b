"""Whom a task may go to, and what each of them can make."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.features.calls.pictures import TAKEN
from spoonfeeder.providers.makers import crafts_of, is_remote
from spoonfeeder.providers.media import Craft
from spoonfeeder.providers.openai_options import is_own

BACKGROUND = "background"
"""The option of text tasks that is ours: whether the provider is to write the answer on its own time."""
SPOKEN = ("audio/", "video/")


@dataclass(frozen=True, slots=True)
class Target:
    """`profile_id` None is the settings' or the environment's own source of this provider."""

    provider: Provider
    profile_id: UUID | None = None
    model: str | None = None

    @property
    def place(self) -> str:
        """Tasks of one place share its slots."""
        return f"provider:{self.provider}" if self.profile_id is None else f"profile:{self.profile_id}"

    def as_json(self) -> dict[str, Any]:
        """As `Task.fallback` keeps it."""
        profile_id = None if self.profile_id is None else str(self.profile_id)
        return {"provider": self.provider, "profile_id": profile_id, "model": self.model}


def targets_of(row: Any) -> tuple[Target, ...]:
    """All of a task, in the order in which they are asked; `row.target` is the place of the present one."""
    others = (_of_json(each) for each in row.fallback)
    return (Target(Provider(row.provider), row.profile_id, row.model), *others)


def _of_json(kept: Mapping[str, Any]) -> Target:
    profile_id = kept.get("profile_id")
    return Target(Provider(kept["provider"]), UUID(profile_id) if profile_id else None, kept.get("model"))


def craft_of(
    kind: Modality,
    media_types: Sequence[str],
    provider: Provider,
    options: Mapping[str, Any] | None = None,
    url: str | None = None,
) -> Craft | None:
    """What is wanted for a task of this type with inputs of these media types; None is an answer in a conversation.

    Whether the provider can do it, `offers` tells. `url` is that of the source, None the vendor's own.
    """
    match kind:
        case Modality.IMAGE:
            return Craft.IMAGE
        case Modality.AUDIO:
            return Craft.SPEECH
        case Modality.VIDEO:
            return Craft.VIDEO
    if has_speech(media_types):
        return Craft.TRANSCRIPTION
    return Craft.BACKGROUND_TEXT if _in_background(provider, options or {}, url) else None


def _in_background(provider: Provider, options: Mapping[str, Any], url: str | None) -> bool:
    """Unless it is said: on OpenAI's own server, where a handle is to be had; servers like it rarely have that."""
    return is_remote(provider, Craft.BACKGROUND_TEXT) and bool(options.get(BACKGROUND, is_own(url)))


def has_speech(media_types: Collection[str]) -> bool:
    return any(each.startswith(SPOKEN) for each in media_types)


def offers(provider: Provider, kind: Modality, media_types: Sequence[str] = ()) -> bool:
    """Whether the provider can carry out such a task; a single model of it may still be unable."""
    if provider is Provider.COMFYUI:
        return kind is not Modality.TEXT
    craft = craft_of(kind, media_types, provider)
    return craft is None or craft in crafts_of(provider)


def providers_for(kind: Modality, media_types: Sequence[str] = ()) -> tuple[Provider, ...]:
    """Who can carry out such a task."""
    return tuple(each for each in Provider if offers(each, kind, media_types))


def takes(kind: Modality, media_types: Sequence[str]) -> bool:
    """Whether a task of this type may have these inputs: pictures, or for text one recording instead."""
    if kind is Modality.TEXT and has_speech(media_types):
        return len(media_types) == 1
    return not media_types or (kind is not Modality.AUDIO and TAKEN.issuperset(media_types))
