"""Speech by Gemini, whose bare samples become a WAV file."""

import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import httpx2
from google.genai import types

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.gemini_generation import (
    Generation,
    end_of,
    files_in,
    nothing_made,
    shares_in,
    usage_in,
)
from spoonfeeder.providers.gemini_request import OF_MEDIA, checked
from spoonfeeder.providers.media import Made, MadeFile, MediaRequest, of_bytes

SAMPLES_PER_SECOND = 24_000
BYTES_PER_SAMPLE = 2
_RATE = re.compile(r"rate=(\d{3,6})")


class GeminiSpeech:
    DEFAULT_MODEL: ClassVar[str] = "gemini-3.8-flash-tts"

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._generation = Generation(connection, http)

    async def make(self, request: MediaRequest) -> Made:
        answer = await self._generation.ask(request.model, request.inputs, request.prompt, _config(request.options))
        sounds = await files_in(answer)
        if not sounds:
            raise nothing_made(answer, "speech")
        files, seconds = _recordings(sounds)
        details: dict[str, Any] = {"count": len(files), "characters": len(request.prompt), **shares_in(answer)}
        if seconds is not None:
            details["seconds"] = seconds
        return Made(
            model=answer.model_version or request.model,
            files=files,
            usage=usage_in(answer),
            finish=end_of(answer),
            details=details,
        )


def _config(options: Mapping[str, Any]) -> types.GenerateContentConfig:
    """`voice`, a name of Google's, and `language_code` may stand alone, without `speech_config` around them."""
    options = dict(options)
    voice, language = options.pop("voice", None), options.pop("language_code", None)
    for name, value in (("voice", voice), ("language_code", language)):
        if value is not None and not isinstance(value, str):
            raise invalid_field(f"options.{name}", f'Gemini does not take this value for "{name}".')
    config = checked(types.GenerateContentConfig, options, OF_MEDIA)
    config.response_modalities = ["AUDIO"]
    if voice or language:
        config.speech_config = _speech(config.speech_config, voice, language)
    return config


def _speech(given: Any, voice: str | None, language: str | None) -> types.SpeechConfig:
    config = given.model_copy() if isinstance(given, types.SpeechConfig) else types.SpeechConfig()
    if voice:
        config.voice_config = types.VoiceConfig(prebuilt_voice_config=types.PrebuiltVoiceConfig(voice_name=voice))
    if language:
        config.language_code = language
    return config


def _recordings(sounds: Sequence[tuple[str, bytes]]) -> tuple[tuple[MadeFile, ...], float | None]:
    """And how many seconds they last, where that can be told: samples in several parts are one recording."""
    if not all(_is_bare(media_type) for media_type, _ in sounds):
        return tuple(of_bytes(media_type, data) for media_type, data in sounds), None
    rate = _rate(sounds[0][0])
    samples = b"".join(data for _, data in sounds)
    seconds = round(len(samples) / BYTES_PER_SAMPLE / rate, 3)
    return (of_bytes("audio/wav", wav_head(len(samples), rate) + samples),), seconds


def _is_bare(media_type: str) -> bool:
    return media_type.lower().startswith(("audio/l16", "audio/pcm"))


def _rate(media_type: str) -> int:
    found = _RATE.search(media_type)
    return int(found[1]) if found else SAMPLES_PER_SECOND


def wav_head(size: int, rate: int) -> bytes:
    """Of one channel with 16 bits a sample, lowest byte first, as Google sends them."""
    shape = struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * BYTES_PER_SAMPLE, BYTES_PER_SAMPLE, 8 * BYTES_PER_SAMPLE)
    return b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + shape + b"data" + struct.pack("<I", size)
