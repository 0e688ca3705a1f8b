"""OpenAI, and every server that speaks its chat completions: llama.cpp, vLLM, LM Studio, OpenRouter …

The profile's url is used as it is, as the SDK's own base_url: https://host/v1 where the server's paths begin so.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit

import httpx2
import openai
import orjson

from spoonfeeder.core.http import BrokenReply, parse_json
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
    ProviderError,
    StreamTruncated,
    Timeout,
    option_not_supported,
)
from spoonfeeder.providers.failures import Refusal, error_of, noted, require_sendable, retry_after, sdk_error
from spoonfeeder.providers.openai_wire import Answer, Chunk, embeddings_of, messages_to, refusal_of
from spoonfeeder.providers.pictures import made_beside
from spoonfeeder.providers.reserved import RESERVED_OPTIONS
from spoonfeeder.providers.sdk_http import SENT_AND_WATCHED, SdkClient, decoded, require_no_page
from spoonfeeder.providers.streaming import body, drained, server_sent_events

OWN_URL = "https://api.openai.com/v1"
LISTING_SECONDS = 30.0


class OpenAI:
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.TEXT, Capability.VISION, Capability.EMBEDDINGS}
    )

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._connection = connection
        self._sdk = _sdk(connection, http)
        self._per_request: openai.RequestOptions = (
            {} if connection.api_key else {"headers": {"Authorization": openai.Omit()}}
        )
        host = urlsplit(connection.url or OWN_URL).hostname or ""
        self._is_own = host == "api.openai.com" or host.endswith(".api.openai.com")
        self._conceded: set[str] = set()

    async def test(self) -> Answered:
        count = len(await self.models())
        return Answered(message=f"The server answers; models on offer: {count}.", models=count)

    async def models(self) -> list[ModelInfo]:
        async with self._asking(_in(LISTING_SECONDS), Timeout):
            response = await self._sdk.get("/models", cast_to=httpx2.Response, options=self._per_request)
            return openai_models.listed(parse_json(response.content))

    async def embed(self, model: str, texts: Sequence[str], options: Mapping[str, Any]) -> Embeddings:
        asked = {**self._options(options), "model": model, "input": list(texts)}
        async with self._asking(_in(self._connection.first_byte_seconds), FirstByteTimeout, model):
            response = await self._post("/embeddings", asked, is_stream=False)
            return embeddings_of(response.content, model, len(texts))

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        first_byte_at = _in(self._connection.first_byte_seconds)
        options = self._options(request.options)
        messages = await made_beside(request.messages, lambda: messages_to(request.messages))
        async with self._asking(first_byte_at, FirstByteTimeout, request.model):
            response = await self._ask(options | {"model": request.model, "messages": messages, "stream": True})
        answer = Answer(request.model)
        async with aclosing(body(response, first_byte_at)) as received:
            async with aclosing(_chunks(response, received)) as chunks:
                try:
                    async for chunk in chunks:
                        self._require_sound(chunk, request.model)
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
                return await self._post("/chat/completions", self._adapted(asked), is_stream=True)
            except openai.APIStatusError as error:
                if not self._concede(_refusal(error.response)):
                    raise

    def _adapted(self, asked: dict[str, Any]) -> dict[str, Any]:
        """OpenAI's own models want `max_completion_tokens`, compatible servers may not know it."""
        adapted = dict(asked)
        if "stream_options" not in self._conceded:
            adapted["stream_options"] = {"include_usage": True}
        if "max_tokens" in adapted and (self._is_own or "max_tokens" in self._conceded):
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

    async def _post(self, path: str, asked: Mapping[str, Any], *, is_stream: bool) -> httpx2.Response:
        """With this `cast_to` the SDK gives the response as it is, of a stream unread."""
        unread: type[openai.AsyncStream[Any]] = openai.AsyncStream
        response = await self._sdk.post(
            path,
            cast_to=httpx2.Response,
            content=orjson.dumps(asked),
            options=self._per_request,
            stream=is_stream,
            stream_cls=unread,
        )
        return cast("httpx2.Response", response)

    def _options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        for name in options:
            if name.lower() in RESERVED_OPTIONS or (self._is_own and name == "top_k"):
                raise option_not_supported(name, "OpenAI")
        return dict(options)

    def _require_sound(self, chunk: Chunk, model: str) -> None:
        if chunk.error is not None:
            raise self._error(refusal_of(chunk.error, None), model)

    @asynccontextmanager
    async def _asking(self, until: float, late: type[Timeout], model: str | None = None) -> AsyncIterator[None]:
        require_sendable(self._connection.api_key)
        try:
            async with asyncio.timeout_at(until):
                yield
        except TimeoutError:
            raise late from None
        except openai.APIStatusError as error:
            raise self._error(_refusal(error.response), model) from None
        except (openai.OpenAIError, httpx2.HTTPError, BrokenReply) as error:
            raise sdk_error(error) from None

    def _error(self, refusal: Refusal, model: str | None) -> ProviderError:
        return error_of(noted(refusal, self._connection.api_key), model)


def _sdk(connection: Connection, http: httpx2.AsyncClient) -> openai.AsyncOpenAI:
    """Nothing of it comes from the environment, where the SDK looks for keys, headers and a URL (A18)."""
    sdk = openai.AsyncOpenAI(
        api_key=connection.api_key or "none",
        admin_api_key="",
        base_url=connection.url or OWN_URL,
        timeout=SENT_AND_WATCHED,
        max_retries=0,
        http_client=SdkClient(http),
    )
    sdk.organization = sdk.project = None
    sdk._custom_headers = {}
    return sdk


def _in(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def _refusal(response: httpx2.Response) -> Refusal:
    try:
        told = parse_json(response.content)
    except BrokenReply:
        told = response.text
    return refusal_of(told, response.status_code, retry_after(response.headers))


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
