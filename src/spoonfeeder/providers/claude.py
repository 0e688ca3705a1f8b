"""Claude by Anthropic's SDK, or a proxy that speaks as it does; the stream is decoded here, where it costs less."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, ClassVar

import httpx2
from anthropic import APIError, APIStatusError, AsyncAnthropic, AsyncStream, Omit, RequestOptions

from spoonfeeder.providers import claude_wire as wire
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
)
from spoonfeeder.providers.errors import FirstByteTimeout, NotSupported, ProviderError, StreamTruncated
from spoonfeeder.providers.failures import Refusal, error_of, noted, require_sendable, retry_after, sdk_error
from spoonfeeder.providers.sdk_http import SENT_AND_WATCHED, SdkClient, decoded, require_no_page
from spoonfeeder.providers.streaming import ServerSentEvent, body, drained, server_sent_events

VENDOR_URL = "https://api.anthropic.com"
MODELS_PER_PAGE = 1000
MOST_PAGES = 10


class Claude:
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.TEXT, Capability.VISION})

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        """Nothing comes from the environment, where the SDK looks for a key, a URL and headers (A18)."""
        self._connection = connection
        self._headers = {} if connection.api_key else {"Authorization": Omit()}
        self._client = AsyncAnthropic(
            api_key=connection.api_key or "",
            base_url=(connection.url or VENDOR_URL).rstrip("/").removesuffix("/v1"),
            http_client=SdkClient(http),
            max_retries=0,
        )
        self._client._custom_headers = {}

    async def test(self) -> Answered:
        page = await self._page(None)
        return Answered(message=f"Claude answers; models on offer: {len(page.data)}.", models=len(page.data))

    async def models(self) -> list[ModelInfo]:
        found: list[ModelInfo] = []
        after: str | None = None
        for _ in range(MOST_PAGES):
            page = await self._page(after)
            found += map(wire.model_info, page.data)
            after = page.last_id
            if not page.has_more or not after:
                break
        return found

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        first_byte_at = asyncio.get_running_loop().time() + self._connection.first_byte_seconds
        response = await self._open(await wire.body_of(request), request.model, first_byte_at)
        async with (
            aclosing(body(response, first_byte_at)) as chunks,
            aclosing(self._deltas(server_sent_events(chunks), request.model)) as deltas,
        ):
            require_no_page(response)
            async for delta in deltas:
                yield delta
            await drained(chunks)

    async def embed(self, model: str, texts: Sequence[str], options: Mapping[str, Any]) -> Embeddings:
        raise NotSupported("Claude has no embeddings; use a profile of another provider for them.")

    async def _page(self, after: str | None) -> wire.ModelsPage:
        require_sendable(self._connection.api_key)
        with self._asking():
            raw = await self._client.models.with_raw_response.list(
                limit=MODELS_PER_PAGE, after_id=after or Omit(), extra_headers=self._headers
            )
        return decoded(raw.http_response.content, wire.ModelsPage)

    async def _open(self, asked: bytes, model: str, first_byte_at: float) -> httpx2.Response:
        require_sendable(self._connection.api_key)
        options: RequestOptions = {"headers": self._headers, "timeout": SENT_AND_WATCHED}
        try:
            async with asyncio.timeout_at(first_byte_at):
                with self._asking(model):
                    stream: AsyncStream[object] = await self._client.post(
                        "/v1/messages",
                        cast_to=object,
                        content=asked,
                        options=options,
                        stream=True,
                        stream_cls=AsyncStream[object],
                    )
        except TimeoutError:
            raise FirstByteTimeout from None
        return stream.response

    async def _deltas(self, events: AsyncGenerator[ServerSentEvent], model: str) -> AsyncGenerator[Delta]:
        start, end, stop_reason, answering = wire.Tokens(), wire.Tokens(), None, model
        async with aclosing(events):
            async for told in events:
                if told.name and told.name not in wire.EVENT_TYPES:
                    continue
                event = decoded(told.data, wire.Event)
                if text := event.text:
                    yield TextDelta(text)
                elif event.type == "message_start" and event.message:
                    answering, start = event.message.model or model, event.message.usage or start
                    yield wire.usage_of(start, end)
                elif event.type == "message_delta":
                    end = event.usage or end
                    stop_reason = event.delta.stop_reason if event.delta else None
                elif event.type == "error":
                    raise self._failure(wire.refusal_of(event.error, 500), model)
                elif event.type == "message_stop":
                    yield wire.usage_of(start, end)
                    yield Finish(wire.finish_reason(stop_reason), answering)
                    return
        raise StreamTruncated

    @contextmanager
    def _asking(self, model: str | None = None) -> Iterator[None]:
        """Around a call of the SDK, whose errors hold the request and with it the key."""
        try:
            yield
        except APIStatusError as refused:
            waits = retry_after(refused.response.headers)
            told = wire.refusal_of(wire.error_in(refused.body), refused.status_code, waits)
            raise self._failure(told, model) from None
        except APIError as unanswered:
            raise sdk_error(unanswered) from None

    def _failure(self, refusal: Refusal, model: str | None) -> ProviderError:
        return error_of(noted(refusal, self._connection.api_key), model)
