"""Whose server an address is, and the options that OpenAI's own takes for each craft; known without its SDK.

https://platform.openai.com/docs/api-reference; servers that speak like it have options of their own.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from spoonfeeder.providers.errors import option_not_supported
from spoonfeeder.providers.media import Craft
from spoonfeeder.providers.reserved import RESERVED_OPTIONS

OWN_URL = "https://api.openai.com/v1"
OWN_HOST = "api.openai.com"

_LIMITS = frozenset({"max_tokens", "max_completion_tokens", "max_output_tokens"})
TAKEN: Mapping[Craft, frozenset[str]] = {
    Craft.IMAGE: frozenset(
        {
            "background",
            "complexity",
            "frame_count",
            "frame_duration_ms",
            "input_fidelity",
            "moderation",
            "n",
            "output_compression",
            "output_format",
            "quality",
            "safety_identifier",
            "size",
            "svg",
            "user",
        }
    ),
    Craft.SPEECH: frozenset({"instructions", "response_format", "speed", "voice"}),
    Craft.TRANSCRIPTION: frozenset(
        {
            "chunking_strategy",
            "keywords",
            "known_speaker_names",
            "known_speaker_references",
            "language",
            "languages",
            "response_format",
            "temperature",
            "timestamp_granularities",
        }
    ),
    Craft.VIDEO: frozenset({"seconds", "size"}),
    Craft.BACKGROUND_TEXT: _LIMITS
    | {
        "instructions",
        "max_tool_calls",
        "metadata",
        "moderation",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning",
        "reasoning_effort",
        "safety_identifier",
        "service_tier",
        "temperature",
        "text",
        "top_p",
        "truncation",
        "user",
        "verbosity",
    },
}
_OURS: Mapping[Craft, frozenset[str]] = {
    Craft.IMAGE: frozenset({"image", "markup", "mask", "partial_images"}),
    Craft.SPEECH: frozenset({"stream_format"}),
    Craft.TRANSCRIPTION: frozenset({"file", "include"}),
    Craft.VIDEO: frozenset({"input_reference"}),
    Craft.BACKGROUND_TEXT: frozenset({"background", "conversation", "previous_response_id", "store"}),
}
"""Reserved beside what every call reserves: each request decides them."""


def is_own(url: str | None) -> bool:
    host = urlsplit(url or OWN_URL).hostname or ""
    return host == OWN_HOST or host.endswith(f".{OWN_HOST}")


def first_refused(craft: Craft, options: Mapping[str, Any], url: str | None) -> str | None:
    """The first option that the server at `url` is not to be sent; None where it takes them all."""
    if is_own(url):
        return next((name for name in options if name not in TAKEN[craft]), None)
    reserved = (RESERVED_OPTIONS | _OURS[craft]) - TAKEN[craft]
    return next((name for name in options if name.lower() in reserved), None)


def taken(craft: Craft, options: Mapping[str, Any], url: str | None) -> dict[str, Any]:
    """The options themselves. Raises Invalid that names the first which is refused."""
    refused = first_refused(craft, options, url)
    if refused is not None:
        raise option_not_supported(refused, "OpenAI")
    return dict(options)
