"""From what somebody asks to a call that is ready to be made."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import Provider, Purpose
from spoonfeeder.features.calls.call import Call, begin
from spoonfeeder.features.calls.sources import find_source, request_to
from spoonfeeder.providers.base import Capability, ChatMessage, Picture
from spoonfeeder.work import Work


class Aim(Protocol):
    """Whom a body wants to ask, and how."""

    @property
    def provider(self) -> Provider | None: ...
    @property
    def profile_id(self) -> UUID | None: ...
    @property
    def model(self) -> str | None: ...
    @property
    def options(self) -> dict[str, Any] | None: ...


async def ready_call(
    work: Work,
    aim: Aim,
    messages: Sequence[ChatMessage],
    purpose: Purpose,
    *,
    general_options: Mapping[str, Any] | None = None,
) -> Call:
    """Raises Invalid, NotSupported, and what `find_source` and `begin` raise."""
    source = await find_source(work, profile_id=aim.profile_id, provider=aim.provider)
    adapter = await work.runtime.adapters.load(source.provider)
    if Capability.VISION not in adapter.capabilities and _has_pictures(messages):
        raise invalid_field("messages", f"{source.provider} takes no pictures.", code="no_vision")
    request = request_to(source, aim.model, messages, {**(general_options or {}), **(aim.options or {})})
    return await begin(work, source, request, purpose)


def _has_pictures(messages: Sequence[ChatMessage]) -> bool:
    return any(isinstance(part, Picture) for message in messages for part in message.parts)
