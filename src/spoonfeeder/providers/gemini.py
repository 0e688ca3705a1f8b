"""Gemini by Google's SDK, or a proxy that speaks as it does; the stream is decoded here, where it costs less."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, ClassVar

import httpx2
from google.genai import types

from spoonfeeder.providers import gemini_wire as wire
from spoonfeeder.providers.base import (
    Answered,
    Capability,
    ChatRequest,
    Connection,
    Delta,
    Embeddings,
    Finish,
    ModelInfo,
    TextDelta,
    Usage,
)
from spoonfeeder.providers.errors import Broken, ContentPolicy, ProviderError, StreamTruncated
from spoonfeeder.providers.failures import require_sendable
from spoonfeeder.providers.gemini_models import model_info
from spoonfeeder.providers.gemini_request import Pictures, config_of, contents_of, embedding_config
from spoonfeeder.providers.gemini_sdk import Server
from spoonfeeder.providers.sdk_http import decoded, require_no_page
from spoonfeeder.providers.streaming import DRAIN_SECONDS, body, lines

MODELS_PER_PAGE = 1000
MOST_PAGES = 10
TEXTS_PER_CALL = 100
"""Google takes no more in one batch of embeddings."""


class Gemini:
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.TEXT,
            Capability.VISION,
            Capability.EMBEDDINGS,
            Capability.IMAGE,
            Capability.AUDIO,
            Capability.VIDEO,
        }
    )

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._connection = connection
        self._server = Server(connection, http)

    async def test(self) -> Answered:
        found = await self.models()
        if not found:
            raise Broken
        return Answered(message=f"Gemini answers; models on offer: {len(found)}.", models=len(found))

    async def models(self) -> list[ModelInfo]:
        require_sendable(self._connection.api_key)
        with self._server.asking(None, Broken()):
            pager = await self._server.models.list(config={"page_size": MODELS_PER_PAGE})
            found = [model_info(model) for model in pager.page if model.name]
            for _ in range(MOST_PAGES - 1):
                if not pager.config.get("page_token"):
                    break
                found += [model_info(model) for model in await pager.next_page() if model.name]
        return found

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        first_byte_at = asyncio.get_running_loop().time() + self._connection.first_byte_seconds
        response = await self._open(request, first_byte_at)
        async with (
            aclosing(body(response, first_byte_at)) as chunks,
            aclosing(self._deltas(chunks, request.model)) as deltas,
        ):
            require_no_page(response)
            async for delta in deltas:
                yield delta

    async def embed(self, model: str, texts: Sequence[str], options: Mapping[str, Any]) -> Embeddings:
        require_sendable(self._connection.api_key)
        config = embedding_config(model, options)
        vectors: list[list[float]] = []
        tokens: list[int] = []
        with self._server.asking(model, Broken()):
            for start in range(0, len(texts), TEXTS_PER_CALL):
                batch = [types.Content(parts=[types.Part(text=text)]) for text in texts[start : start + TEXTS_PER_CALL]]
                answer = await self._server.models.embed_content(model=model, contents=batch, config=config)
                vectors += [embedding.values or [] for embedding in answer.embeddings or ()]
                if answer.usage_metadata and answer.usage_metadata.prompt_token_count is not None:
                    tokens.append(answer.usage_metadata.prompt_token_count)
        if len(vectors) != len(texts):
            raise Broken("The server gave another number of embeddings than it was asked for.")
        count = sum(tokens) if tokens else None
        return Embeddings(vectors, model, Usage(input_tokens=count, total_tokens=count))

    async def _open(self, request: ChatRequest, first_byte_at: float) -> httpx2.Response:
        pictures: Pictures = {}
        config, contents = config_of(request), contents_of(request.messages, pictures)

        async def ask() -> None:
            open_stream: Any = self._server.models.generate_content_stream
            async for _ in await open_stream(model=request.model, contents=contents, config=config):
                pass

        return await self._server.unread(request.model, ask, pictures, first_byte_at)

    async def _deltas(self, chunks: AsyncGenerator[bytes], model: str) -> AsyncGenerator[Delta]:
        usage, reason, answering = None, None, model
        async with aclosing(wire.documents(lines(chunks))) as documents:
            async for document in documents:
                chunk = decoded(document, wire.Chunk)
                self._require_answer(chunk, model)
                answering = chunk.model_version or answering
                if text := chunk.text:
                    yield TextDelta(text)
                if usage is None and chunk.usage_metadata:
                    yield wire.usage_so_far(chunk.usage_metadata)
                usage = chunk.usage_metadata or usage
                if reason := chunk.finish_reason:
                    break
            if reason is None:
                raise StreamTruncated
            usage = await _late_usage(documents) or usage
        if usage:
            yield wire.usage_of(usage)
        yield Finish(wire.finish_reason(reason), answering)

    def _require_answer(self, chunk: wire.Chunk, model: str) -> None:
        if chunk.error:
            raise self._server.error(wire.refusal_of(chunk.error, 500), model)
        if chunk.block_reason:
            raise ContentPolicy


async def _late_usage(documents: AsyncGenerator[bytes]) -> wire.Tokens | None:
    """What is counted after the reason of the end; reading on also lets the connection serve again."""
    usage = None
    with suppress(TimeoutError, ProviderError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for document in documents:
                usage = decoded(document, wire.Chunk).usage_metadata or usage
    return usage
