"""The words of a recording by Gemini: by a model made for that, or by one that is told to."""

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx2
from google.genai import types

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import FinishReason
from spoonfeeder.providers import gemini_wire as wire
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.gemini_generation import Generation, end_of, nothing_made, shares_in, usage_in
from spoonfeeder.providers.gemini_request import OF_MEDIA, apart, checked
from spoonfeeder.providers.media import Made, MediaRequest

INSTRUCTION = "Write down word for word what is said in this recording, and nothing else."
_MADE_FOR_IT = "transcribe"
"""In the name of such a model, which needs no instruction."""


class GeminiTranscription:
    DEFAULT_MODEL: ClassVar[str] = "gemini-3.5-transcribe"

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._generation = Generation(connection, http)

    async def make(self, request: MediaRequest) -> Made:
        if not request.inputs:
            raise invalid_field("inputs", "A transcription needs a recording.", code="missing")
        answer = await self._generation.ask(request.model, request.inputs, _text(request), _config(request.options))
        text = _heard(answer.parts) or answer.text
        if not text and end_of(answer) is not FinishReason.STOP:
            raise nothing_made(answer, "transcript")
        return Made(
            model=answer.model_version or request.model,
            text=text,
            usage=usage_in(answer),
            finish=end_of(answer),
            details=shares_in(answer),
        )


def _text(request: MediaRequest) -> str:
    told = "" if _MADE_FOR_IT in request.model else INSTRUCTION
    return "\n\n".join(text for text in (told, request.prompt.strip()) if text)


def _config(options: Mapping[str, Any]) -> types.GenerateContentConfig:
    """The options of `audio_transcription_config` may stand alone, and `language` for its only language."""
    options = dict(options)
    if "language" in options:
        options["language_codes"] = [options.pop("language")]
    inner, others = apart(types.AudioTranscriptionConfig, options)
    config = checked(types.GenerateContentConfig, others, OF_MEDIA)
    if inner:
        wished = checked(types.AudioTranscriptionConfig, inner).model_dump(exclude_none=True)
        given = config.audio_transcription_config or types.AudioTranscriptionConfig()
        config.audio_transcription_config = given.model_copy(update=wished)
    return config


def _heard(parts: list[wire.Part]) -> str:
    """Speakers each on a line of their own, with their label where they have one."""
    turns = [part.audio_transcription for part in parts if part.audio_transcription]
    said = [(turn.speaker_label, turn.text.strip()) for turn in turns if turn.text]
    if not any(label for label, _ in said):
        return " ".join(text for _, text in said)
    return "\n".join(f"{label}: {text}" if label else text for label, text in said)
