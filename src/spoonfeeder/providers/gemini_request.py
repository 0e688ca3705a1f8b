"""A chat request in the words of Google's SDK, whose own converters put it on the wire."""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from secrets import token_hex
from typing import Any, Final, TypeVar

from google.genai import types
from pydantic import BaseModel, ValidationError

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import MessageRole
from spoonfeeder.providers.base import ChatMessage, ChatRequest, Picture
from spoonfeeder.providers.errors import option_not_supported
from spoonfeeder.providers.pictures import encoded
from spoonfeeder.providers.reserved import RESERVED_OPTIONS

API_VERSION: Final = "v1"
EARLY_API_VERSION: Final = "v1beta"
_EARLY: Final = ("-latest", "-preview", "-exp")
"""Google offers models of these names on the early version only."""

_COMMON: Final = {"dimensions": "output_dimensionality", "max_tokens": "max_output_tokens", "stop": "stop_sequences"}
_NOT_TAKEN: Final = RESERVED_OPTIONS | {
    "audio_timestamp",
    "automatic_continuation",
    "automatic_function_calling",
    "candidate_count",
    "continuation_token",
    "generation_output_config",
    "http_options",
    "model_armor_config",
    "model_selection_config",
    "routing_config",
    "should_return_http_response",
}
"""Ours to decide, or refused by Google's SDK for everything but its enterprise platform."""

OF_MEDIA: Final = frozenset({"response_mime_type", "response_modalities", "response_schema", "response_json_schema"})
"""Ours to decide where a file is to be made."""

Options = Mapping[str, Any]
Pictures = dict[str, Picture]
"""By a mark that is the base64 of a few bytes: the SDK would encode many MiB within the loop, three times over."""
_Config = TypeVar("_Config", bound=BaseModel)


def api_version(model: str) -> str:
    return EARLY_API_VERSION if any(word in model for word in _EARLY) else API_VERSION


def config_of(request: ChatRequest) -> types.GenerateContentConfig:
    """Raises Invalid (422), naming the option that Gemini does not take."""
    system = [message.text for message in request.messages if message.role is MessageRole.SYSTEM and message.text]
    config = checked(types.GenerateContentConfig, request.options)
    config.system_instruction = "\n\n".join(system) or None
    return once(config, api_version(request.model))


def once(config: types.GenerateContentConfig, version: str) -> types.GenerateContentConfig:
    """The same for one request: the SDK is to make no further ones by itself."""
    config.automatic_continuation = False
    config.automatic_function_calling = types.AutomaticFunctionCallingConfig(disable=True)
    config.http_options = types.HttpOptions(api_version=version)
    return config


def embedding_config(model: str, options: Options) -> types.EmbedContentConfig:
    """Raises Invalid (422), naming the option that Gemini does not take."""
    config = checked(types.EmbedContentConfig, options)
    config.http_options = types.HttpOptions(api_version=api_version(model))
    return config


def contents_of(messages: Iterable[ChatMessage], pictures: Pictures) -> list[types.Content]:
    """With a mark for each picture, which is noted in `pictures`."""
    turns = [message for message in messages if message.role is not MessageRole.SYSTEM and any(message.parts)]
    return [
        types.Content(
            role="model" if message.role is MessageRole.ASSISTANT else "user",
            parts=[_part(part, pictures) for part in message.parts if part],
        )
        for message in turns
    ]


def _part(part: str | Picture, pictures: Pictures) -> types.Part:
    if isinstance(part, str):
        return types.Part(text=part)
    mark = token_hex(12)
    pictures[mark] = part
    return types.Part(inline_data=types.Blob(mime_type=part.media_type, data=b64decode(mark)))


def with_pictures(body: bytes, pictures: Mapping[str, Picture]) -> bytes:
    """In the place of their marks, which come in the order in which they were noted."""
    done: list[bytes] = []
    for mark, picture in pictures.items():
        before, _, body = body.partition(mark.encode())
        done += before, encoded(picture).encode()
    return b"".join((*done, body))


def _stop_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def apart(kind: type[BaseModel], options: Options) -> tuple[dict[str, Any], dict[str, Any]]:
    """Those that `kind` has, and the others."""
    names = {name for field, info in kind.model_fields.items() for name in (field, info.alias)}
    inner = {name: value for name, value in options.items() if name in names}
    return inner, {name: value for name, value in options.items() if name not in names}


def checked(kind: type[_Config], options: Options, ours: frozenset[str] = frozenset()) -> _Config:
    """Options by Google's names or ours; those that are `ours` to decide, as all requests have some, are refused.

    Raises Invalid (422), naming the one that Gemini does not take.
    """
    fields = {str(field.alias): name for name, field in kind.model_fields.items()}
    given: dict[str, str] = {}
    taken: dict[str, Any] = {}
    for name, value in options.items():
        field = fields.get(name, _COMMON.get(name, name))
        if field not in kind.model_fields or field in _NOT_TAKEN | ours:
            raise option_not_supported(name, "Gemini")
        given[field] = name
        taken[field] = _stop_list(value) if field == "stop_sequences" else value
    try:
        return kind.model_validate(taken)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        name = given.get(str(place[0]), "") if place else ""
        raise invalid_field(f"options.{name}", f'Gemini does not take this value for "{name}".') from None
