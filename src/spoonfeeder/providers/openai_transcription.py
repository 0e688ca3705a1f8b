"""What a recording says, written down by OpenAI, and by servers that speak alike.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx2
import msgspec

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.media import Craft, InputFile, Made, MediaRequest, patience
from spoonfeeder.providers.openai_options import taken
from spoonfeeder.providers.openai_sdk import Files, Server
from spoonfeeder.providers.openai_told import known, lenient, number_of, tokens_of
from spoonfeeder.providers.sdk_http import decoded, require_no_page
from spoonfeeder.providers.streaming import due_in

ENDINGS: Mapping[str, str] = {
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "audio/x-wav": "wav",
    "audio/x-flac": "flac",
}
"""OpenAI knows a recording by its name's ending; of other types it is the subtype."""
PLAIN_FORMATS = frozenset({"text", "srt", "vtt"})


class _Transcript(msgspec.Struct):
    text: str | None = None
    error: Any = None
    usage: Any = None
    duration: Any = None
    language: Any = None


class _InputSplit(msgspec.Struct):
    audio_tokens: int | None = None
    text_tokens: int | None = None


class _Length(msgspec.Struct):
    seconds: float | None = None
    input_token_details: _InputSplit = msgspec.field(default_factory=_InputSplit)


class OpenAITranscription:
    DEFAULT_MODEL: ClassVar[str] = "gpt-transcribe"

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._server = Server(connection, http)
        self._patience = patience(connection)

    async def make(self, request: MediaRequest) -> Made:
        fields = taken(Craft.TRANSCRIPTION, request.options, self._server.connection.url)
        fields["model"] = request.model
        if request.prompt and "diarize" not in request.model:
            fields["prompt"] = request.prompt
        files = _file(request.inputs)
        async with self._server.making(Craft.TRANSCRIPTION, due_in(self._patience), request.model):
            response = await self._server.post_form("/audio/transcriptions", fields, files)
            require_no_page(response)
        if fields.get("response_format") in PLAIN_FORMATS:
            return Made(model=request.model, text=response.text)
        told = decoded(response.content, _Transcript)
        self._server.require_sound(told.error, request.model)
        return _made(told, request.model)


def _file(inputs: tuple[InputFile, ...]) -> Files:
    if len(inputs) != 1:
        raise invalid_field("inputs", "One recording is written down at a time.")
    recording = inputs[0]
    ending = ENDINGS.get(recording.media_type, recording.media_type.rpartition("/")[2])
    return [("file", (f"recording.{ending}", recording.data, recording.media_type))]


def _made(told: _Transcript, model: str) -> Made:
    if told.text is None:
        raise Broken("The server answered without a transcript.")
    length = lenient(told.usage, _Length)
    return Made(
        model=model,
        text=told.text,
        usage=tokens_of(told.usage),
        details=known(
            input_seconds=length.seconds or number_of(told.duration),
            language=told.language,
            input_audio_tokens=length.input_token_details.audio_tokens,
            input_text_tokens=length.input_token_details.text_tokens,
        ),
    )
