"""The options that Gemini takes for each craft, known without Google's SDK; what it makes of them, the SDK says."""

import re
from collections.abc import Mapping
from typing import Any

from spoonfeeder.providers.media import Craft

_OF_ALL = frozenset(
    {
        "audio_transcription_config",
        "cached_content",
        "enable_enhanced_civic_answers",
        "frequency_penalty",
        "image_config",
        "labels",
        "logprobs",
        "max_output_tokens",
        "max_tokens",
        "media_resolution",
        "presence_penalty",
        "response_logprobs",
        "safety_settings",
        "seed",
        "service_tier",
        "speech_config",
        "stop",
        "stop_sequences",
        "store",
        "temperature",
        "thinking_config",
        "top_k",
        "top_p",
    }
)
TAKEN: Mapping[Craft, frozenset[str]] = {
    Craft.IMAGE: _OF_ALL
    | {
        "aspect_ratio",
        "image_output_options",
        "image_size",
        "output_compression_quality",
        "output_mime_type",
        "person_generation",
        "prominent_people",
    },
    Craft.SPEECH: _OF_ALL | {"language_code", "voice"},
    Craft.TRANSCRIPTION: _OF_ALL
    | {
        "adaptation_phrases",
        "custom_vocabulary",
        "diarization",
        "language",
        "language_auto",
        "language_codes",
        "language_hints",
        "mode",
        "source_text",
        "word_timestamp",
    },
    Craft.VIDEO: frozenset({"aspect_ratio", "duration", "resolution", "seconds", "seed", "task"}),
}
_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")


def first_refused(craft: Craft, options: Mapping[str, Any]) -> str | None:
    """The first option that Gemini does not take; None where it takes them all."""
    names = TAKEN.get(craft, frozenset())
    return next((name for name in options if _CAPITAL.sub(r"_\1", name).lower() not in names), None)
