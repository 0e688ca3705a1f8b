"""What a client of OpenAI asks for, in the words of `providers.base`."""

from collections.abc import Iterable
from typing import Any

from spoonfeeder.core.errors import Invalid, invalid_field
from spoonfeeder.core.vocabulary import MessageRole, Provider
from spoonfeeder.features.calls.pictures import picture_of
from spoonfeeder.features.openai_api.schemas import CompletionInput, EmbeddingsInput, Message, Part
from spoonfeeder.features.profiles.options import require_harmless
from spoonfeeder.providers.base import ChatMessage, Picture

_OURS = {"model", "messages", "stream", "stream_options", "max_completion_tokens", "input", "encoding_format"}
_TOOLS = {"tools", "functions", "tool_choice", "function_call"}
_UNSEEN = {"logprobs", "top_logprobs", "audio"}
"""Their results have no place in our answers."""
_WITHOUT_TOOLS: dict[str, tuple[Any, ...]] = {"tools": ([],), "functions": ([],), "tool_choice": ("none", "auto")}
_WITHOUT_TOOLS |= {"function_call": ("none", "auto")}
_MEANT_ANYWAY: dict[str, tuple[Any, ...]] = _WITHOUT_TOOLS | {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "modalities": (["text"],),
    "response_format": ({"type": "text"},),
}
"""Values that ask for nothing beyond what happens without them."""
_FOR_OPENAI = {
    "user",
    "metadata",
    "store",
    "service_tier",
    "parallel_tool_calls",
    "prompt_cache_key",
    "safety_identifier",
}
"""Of no influence on the answer, and sent by many clients to whomever they talk to."""
_ROLES = {
    "system": MessageRole.SYSTEM,
    "developer": MessageRole.SYSTEM,
    "user": MessageRole.USER,
    "assistant": MessageRole.ASSISTANT,
}


def options_of(data: CompletionInput | EmbeddingsInput, provider: Provider) -> dict[str, Any]:
    """Raises Invalid for what this door does not offer; what a provider does not take, its adapter refuses."""
    ours = _OURS if provider == Provider.OPENAI else _OURS | _FOR_OPENAI
    given = data.model_dump(exclude=ours, exclude_none=True)
    options = {name: value for name, value in given.items() if value not in _MEANT_ANYWAY.get(name, ())}
    if isinstance(data, CompletionInput) and data.max_completion_tokens is not None:
        options["max_tokens"] = data.max_completion_tokens
    _refuse(options)
    require_harmless(options)
    return options


def _refuse(names: Iterable[str]) -> None:
    for name in names:
        if name in _TOOLS:
            raise _not_offered(name, "Tools and functions are not offered here.")
        if name in _UNSEEN:
            raise _not_offered(name, f'"{name}" is not offered here.')
        if name == "n":
            raise _not_offered(name, "Only one answer is given at a time; leave n at 1.")


def _not_offered(name: str, sentence: str) -> Invalid:
    return invalid_field(name, sentence, code="option_not_supported")


async def messages_of(data: CompletionInput) -> list[ChatMessage]:
    """Raises Invalid."""
    return [await _message(message, f"messages.{index}") for index, message in enumerate(data.messages)]


async def _message(message: Message, loc: str) -> ChatMessage:
    asks_for_tools = (message.model_extra or {}).keys() & {"tool_calls", "function_call"}
    role = _ROLES.get(message.role)
    if role is None or any((message.model_extra or {})[name] for name in asks_for_tools):
        raise _not_offered(loc, "Messages of tools are not offered here.")
    content = message.content
    if isinstance(content, list):
        return ChatMessage(role, tuple([await _part(part, f"{loc}.content.{at}") for at, part in enumerate(content)]))
    return ChatMessage(role, (content,) if content else ())


async def _part(part: Part, loc: str) -> str | Picture:
    if part.type == "image_url":
        image = part.image_url
        return await picture_of(image if isinstance(image, str) else image.url if image else "", f"{loc}.image_url")
    text = part.text if part.type == "text" else part.refusal
    if text is None:
        raise invalid_field(f"{loc}.{part.type}", f'This part of type "{part.type}" has no text.')
    return text
