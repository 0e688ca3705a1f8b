"""OpenAI, and every server that speaks its chat completions: llama.cpp, vLLM, LM Studio, OpenRouter …

The profile's url is used as it is, as the SDK's own base_url: https://host/v1 where the server's paths begin so.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar

import httpx2
import openai

from spoonfeeder.core.http import parse_json
from spoonfeeder.providers import openai_models
from spoonfeeder.providers.base import (
    Answered,
    Capability,
    ChatRequest,
    Connection,
    Delta,
    Embeddings,
    ModelInfo,
)
from spoonfeeder.providers.errors import (
    Broken,
    FirstByteTimeout,
    IdleTimeout,
    StreamTruncated,
    Timeout,
    option_not_supported,
)
from spoonfeeder.providers.failures import Refusal
from spoonfeeder.providers.openai_sdk import Server, refusal_in
from spoonfeeder.providers.openai_wire import Answer, Chunk, embeddings_of, messages_to
from spoonfeeder.providers.pictures import made_beside
from spoonfeeder.providers.reserved import RESERVED_OPTIONS
from spoonfeeder.providers.sdk_http import decoded, require_no_page
from spoonfeeder.providers.streaming import body, drained, due_in, server_sent_events

LISTING_SECONDS = 30.0


class OpenAI:
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
        self._server = Server(connection, http)
        self._patience = connection.first_byte_seconds
        self._conceded: set[str] = set()

    async def test(self) -> Answered:
        count = len(await self.models())
        return Answered(message=f"The server answers; models on offer: {count}.", models=count)

    async def models(self) -> list[ModelInfo]:
        async with self._server.asking(due_in(LISTING_SECONDS), Timeout):
            response = await self._server.get("/models")
            return openai_models.listed(parse_json(response.content))

    async def embed(self, model: str, texts: Sequence[str], options: Mapping[str, Any]) -> Embeddings:
        asked = {**self._options(options), "model": model, "input": list(texts)}
        async with self._server.asking(due_in(self._patience), FirstByteTimeout, model):
            response = await self._server.post("/embeddings", asked)
            return embeddings_of(response.content, model, len(texts))

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        first_byte_at = due_in(self._patience)
        options = self._options(request.options)
        messages = await made_beside(request.messages, lambda: messages_to(request.messages))
        async with self._server.asking(first_byte_at, FirstByteTimeout, request.model):
            response = await self._ask(options | {"model": request.model, "messages": messages, "stream": True})
        answer = Answer(request.model)
        async with aclosing(body(response, first_byte_at)) as received:
            async with aclosing(_chunks(response, received)) as chunks:
                try:
                    async for chunk in chunks:
                        self._server.require_sound(chunk.error, request.model)
                        for delta in answer.deltas(chunk):
                            yield delta
                except (StreamTruncated, IdleTimeout):
                    if not answer.is_finished:
                        raise
            yield answer.finish()
            await drained(received)

    async def _ask(self, asked: dict[str, Any]) -> httpx2.Response:
        """Asks again without what this server does not know."""
        while True:
            try:
                return await self._server.post("/chat/completions", self._adapted(asked), is_stream=True)
            except openai.APIStatusError as error:
                if not self._concede(refusal_in(error.response)):
                    raise

    def _adapted(self, asked: dict[str, Any]) -> dict[str, Any]:
        """OpenAI's own models want `max_completion_tokens`, compatible servers may not know it."""
        adapted = dict(asked)
        if "stream_options" not in self._conceded:
            adapted["stream_options"] = {"include_usage": True}
        if "max_tokens" in adapted and (self._server.is_own or "max_tokens" in self._conceded):
            adapted.setdefault("max_completion_tokens", adapted.pop("max_tokens"))
        return adapted

    def _concede(self, refusal: Refusal) -> bool:
        """Whether another try may pass; what was learnt holds for later requests too."""
        told = f"{refusal.param} {refusal.message}"
        wanted = {"stream_options": "stream_options", "max_tokens": "max_completion_tokens"}
        new = {name for name, word in wanted.items() if word in told} - self._conceded
        if refusal.status not in {400, 422} or not new:
            return False
        self._conceded |= new
        return True

    def _options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        for name in options:
            if name.lower() in RESERVED_OPTIONS or (self._server.is_own and name == "top_k"):
                raise option_not_supported(name, "OpenAI")
        return dict(options)


async def _chunks(response: httpx2.Response, received: AsyncGenerator[bytes]) -> AsyncGenerator[Chunk]:
    """Raises StreamTruncated where no [DONE] comes. Servers that cannot stream answer with one JSON object."""
    require_no_page(response)
    if response.headers.get("content-type", "").startswith("application/json"):
        whole = decoded(b"".join([part async for part in received]), Chunk)
        if whole.choices is None and whole.error is None:
            raise Broken
        yield whole
        return
    async with aclosing(server_sent_events(received)) as events:
        async for event in events:
            if event.data == b"[DONE]":
                return
            chunk = decoded(event.data, Chunk)
            if event.name == "error" and chunk.error is None:
                chunk.error = parse_json(event.data)
            yield chunk
    raise StreamTruncated
