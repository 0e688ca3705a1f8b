"""Pictures by OpenAI, and by servers that speak alike: new ones, or the inputs edited.

https://platform.openai.com/docs/api-reference/images
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar

import httpx2
import msgspec

from spoonfeeder.providers.base import Connection, Usage
from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.media import MOST_REPLY_BYTES, Craft, InputFile, Made, MediaRequest, of_bytes, patience
from spoonfeeder.providers.openai_options import taken
from spoonfeeder.providers.openai_sdk import Server
from spoonfeeder.providers.openai_told import known, lenient
from spoonfeeder.providers.pictures import from_base64
from spoonfeeder.providers.sdk_http import decoded
from spoonfeeder.providers.streaming import body, due_in

ALWAYS_BASE64 = ("gpt-image", "chatgpt-image")
"""Models that refuse to be told how to send a picture; resellers put their maker's name before it."""


class _Split(msgspec.Struct):
    image_tokens: int | None = None
    text_tokens: int | None = None


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    input_tokens_details: _Split | None = None
    output_tokens_details: _Split | None = None


class _Picture(msgspec.Struct):
    b64_json: str | None = None
    revised_prompt: Any = None


class _Pictures(msgspec.Struct):
    """What is only told of the pictures may have any form: they are paid for."""

    data: list[_Picture] | None = None
    error: Any = None
    usage: Any = None
    size: Any = None
    quality: Any = None
    output_format: Any = None
    background: Any = None


class OpenAIImages:
    DEFAULT_MODEL: ClassVar[str] = "gpt-image-2"

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._server = Server(connection, http)
        self._patience = patience(connection)

    async def make(self, request: MediaRequest) -> Made:
        asked = self._asked(request)
        until = due_in(self._patience)
        async with self._server.making(Craft.IMAGE, until, request.model):
            response = await self._ask(asked, request.inputs)
        async with aclosing(body(response, until, MOST_REPLY_BYTES)) as received:
            parts = [part async for part in received]
        told = await asyncio.to_thread(lambda: decoded(b"".join(parts), _Pictures))
        self._server.require_sound(told.error, request.model)
        return await asyncio.to_thread(_made, told, request)

    async def _ask(self, asked: Mapping[str, Any], inputs: Sequence[InputFile]) -> httpx2.Response:
        if not inputs:
            return await self._server.post("/images/generations", asked, is_stream=True)
        field = "image" if len(inputs) == 1 else "image[]"
        files = [(field, (_name(place, each), each.data, each.media_type)) for place, each in enumerate(inputs, 1)]
        return await self._server.post_form("/images/edits", asked, files, is_stream=True)

    def _asked(self, request: MediaRequest) -> dict[str, Any]:
        asked = taken(Craft.IMAGE, request.options, self._server.connection.url)
        if not request.model.rpartition("/")[2].startswith(ALWAYS_BASE64):
            asked.setdefault("response_format", "b64_json")
        return asked | {"model": request.model, "prompt": request.prompt}


def _name(place: int, picture: InputFile) -> str:
    return f"picture-{place}.{picture.media_type.rpartition('/')[2]}"


def _made(told: _Pictures, request: MediaRequest) -> Made:
    """Takes a moment: the pictures may be many MiB."""
    if not told.data:
        raise Broken("The server answered without a picture.")
    media_type = _media_type(told.output_format or request.options.get("output_format"))
    files = tuple(of_bytes(media_type, _bytes_of(picture)) for picture in told.data)
    usage = lenient(told.usage, _Usage)
    return Made(
        model=request.model,
        files=files,
        usage=Usage(usage.input_tokens, usage.output_tokens, usage.total_tokens),
        details=known(
            count=len(files),
            size=told.size or request.options.get("size"),
            quality=told.quality or request.options.get("quality"),
            background=told.background,
            revised_prompt=told.data[0].revised_prompt,
            **_split("input", usage.input_tokens_details),
            **_split("output", usage.output_tokens_details),
        ),
    )


def _bytes_of(picture: _Picture) -> bytes:
    if not picture.b64_json:
        raise Broken("The server answered without the picture itself.")
    return from_base64(picture.b64_json)


def _media_type(named: Any) -> str:
    """What the file really is, its own first bytes tell whoever keeps it."""
    known = {"jpeg": "image/jpeg", "webp": "image/webp", "gif": "image/gif", "svg": "image/svg+xml"}
    return known.get(named, "image/png") if isinstance(named, str) else "image/png"


def _split(side: str, told: _Split | None) -> Mapping[str, int | None]:
    if told is None:
        return {}
    return {f"{side}_image_tokens": told.image_tokens, f"{side}_text_tokens": told.text_tokens}
