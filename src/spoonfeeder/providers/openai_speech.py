"""Text spoken by OpenAI, and by servers that speak alike.

https://platform.openai.com/docs/api-reference/audio/createSpeech
"""

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, ClassVar

import httpx2

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.media import MOST_BYTES, Craft, Made, MediaRequest, of_bytes, patience
from spoonfeeder.providers.openai_options import taken
from spoonfeeder.providers.openai_sdk import Server
from spoonfeeder.providers.streaming import due_in, file_in

DEFAULT_VOICE = "alloy"
"""The one that servers of other makers know as well."""
FORMATS: Mapping[str, str] = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
}
"""All but bare samples, which no file begins to explain."""


class OpenAISpeech:
    DEFAULT_MODEL: ClassVar[str] = "gpt-4o-mini-tts"

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._server = Server(connection, http)
        self._patience = patience(connection)

    async def make(self, request: MediaRequest) -> Made:
        asked = taken(Craft.SPEECH, request.options, self._server.connection.url)
        media_type = _media_type(asked.setdefault("response_format", "mp3"))
        asked.setdefault("voice", DEFAULT_VOICE)
        asked |= {"model": request.model, "input": request.prompt}
        until = due_in(self._patience)
        async with self._server.making(Craft.SPEECH, until, request.model):
            response = await self._server.post("/audio/speech", asked, is_stream=True, accept="audio/*")
        await _require_audio(response)
        async with aclosing(file_in(response, until, MOST_BYTES)) as received:
            recording = b"".join([chunk async for chunk in received])
        spoken = of_bytes(_told_type(response) or media_type, recording)
        return Made(model=request.model, files=(spoken,), details={"count": 1, "characters": len(request.prompt)})


def _media_type(response_format: Any) -> str:
    media_type = FORMATS.get(response_format) if isinstance(response_format, str) else None
    if media_type is None:
        raise invalid_field("options.response_format", f"Speech comes as one of {', '.join(FORMATS)}.")
    return media_type


def _told_type(response: httpx2.Response) -> str | None:
    told = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return told if told in FORMATS.values() else None


async def _require_audio(response: httpx2.Response) -> None:
    """Raises Broken for a page or an object, where a recording was asked for."""
    if response.headers.get("content-type", "").startswith(("text/", "application/json")):
        await response.aclose()
        raise Broken("The server answered without a recording.")
