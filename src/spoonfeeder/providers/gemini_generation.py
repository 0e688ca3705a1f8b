"""One question to a model of Gemini that makes files, or reads recordings; the whole answer comes at once.

https://ai.google.dev/api/generate-content
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import httpx2
from google.genai import types

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import FinishReason, MessageRole
from spoonfeeder.providers import gemini_wire as wire
from spoonfeeder.providers.base import ChatMessage, Connection, Picture, Usage
from spoonfeeder.providers.errors import Broken, ContentPolicy, Failed, ProviderError, Rejected
from spoonfeeder.providers.gemini_request import EARLY_API_VERSION, Pictures, contents_of, once
from spoonfeeder.providers.gemini_sdk import Server
from spoonfeeder.providers.media import MOST_REPLY_BYTES, InputFile, patience
from spoonfeeder.providers.pictures import from_base64
from spoonfeeder.providers.sdk_http import decoded
from spoonfeeder.providers.streaming import body, due_in

MOST_INPUT_BYTES = 18 * 1024 * 1024
"""Google takes what is longer by its store of files only."""
SHOWN_LETTERS = 300
_MISHAPS = frozenset({"OTHER", "IMAGE_OTHER", "MALFORMED_RESPONSE"})
"""Ends that another try may spare."""


class Generation:
    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._server = Server(connection, http)
        self._patience = patience(connection)

    async def ask(
        self, model: str, inputs: Sequence[InputFile], text: str, config: types.GenerateContentConfig
    ) -> wire.Chunk:
        """The answer, with at least one candidate. Raises ProviderError, and Invalid for inputs that are too long."""
        require_sendable_size(inputs)
        files: Pictures = {}
        parts: tuple[str | Picture, ...] = (*(Picture(each.media_type, each.data) for each in inputs), text)
        contents = contents_of([ChatMessage(MessageRole.USER, parts)], files)
        until = due_in(self._patience)

        async def send() -> None:
            await self._server.models.generate_content(
                model=model, contents=list(contents), config=once(config, EARLY_API_VERSION)
            )

        response = await self._server.unread(model, send, files, until)
        async with aclosing(body(response, until, MOST_REPLY_BYTES)) as received:
            answer = await _decoded(received)
        if answer.error:
            raise self._server.error(wire.refusal_of(answer.error, 500), model)
        if answer.block_reason:
            raise ContentPolicy
        if not answer.candidates:
            raise Broken
        return answer


def require_sendable_size(inputs: Sequence[InputFile]) -> None:
    if sum(len(each.data) for each in inputs) > MOST_INPUT_BYTES:
        limit = MOST_INPUT_BYTES // 1024 // 1024
        raise invalid_field("inputs", f"Gemini takes at most {limit} MiB of files with a task.", code="too_long")


async def _decoded(received: AsyncGenerator[bytes]) -> wire.Chunk:
    parts = [part async for part in received]
    return await asyncio.to_thread(lambda: decoded(b"".join(parts), wire.Chunk))


async def files_in(answer: wire.Chunk) -> list[tuple[str, bytes]]:
    """Media type and bytes of each. Raises Broken."""
    blobs = [part.inline_data for part in answer.parts if part.inline_data and part.inline_data.data]
    return await asyncio.to_thread(lambda: [_file(blob) for blob in blobs])


def _file(blob: wire.Blob) -> tuple[str, bytes]:
    return blob.mime_type or "application/octet-stream", from_base64(blob.data or "")


def nothing_made(answer: wire.Chunk, wanted: str) -> ProviderError:
    """Why an answer is without what was `wanted`, with the model's own short words if it has any."""
    reason = answer.finish_reason or ""
    if wire.finish_reason(reason) is FinishReason.CONTENT_FILTER:
        return ContentPolicy()
    if reason in _MISHAPS and not answer.text:
        return Failed(f"The model made no {wanted}; try again shortly.")
    return words_instead(answer.text, wanted)


def words_instead(said: str, wanted: str) -> Rejected:
    """Of an answer that is in words alone, or empty."""
    words = " ".join(said.replace("\x00", "").encode("utf-8", "replace").decode().split())
    if not words:
        return Rejected(f"The model made no {wanted}.")
    return Rejected(f"The model made no {wanted}; it answered: {words[:SHOWN_LETTERS]}")


def end_of(answer: wire.Chunk) -> FinishReason:
    return wire.finish_reason(answer.finish_reason or "")


def usage_in(answer: wire.Chunk) -> Usage:
    return wire.usage_of(answer.usage_metadata) if answer.usage_metadata else Usage()


def shares_in(answer: wire.Chunk) -> dict[str, int]:
    return wire.shares_of(answer.usage_metadata) if answer.usage_metadata else {}
