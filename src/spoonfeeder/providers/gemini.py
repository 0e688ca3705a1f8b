"""Gemini by Google's SDK, or a proxy that speaks as it does; the stream is decoded here, where it costs less."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx2
from google import genai
from google.genai import errors, types

from spoonfeeder.core.http import BrokenReply
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
from spoonfeeder.providers.errors import (
    Broken,
    ContentPolicy,
    FirstByteTimeout,
    ProviderError,
    Rejected,
    StreamTruncated,
)
from spoonfeeder.providers.failures import Refusal, error_of, noted, require_sendable, retry_after, sdk_error
from spoonfeeder.providers.gemini_models import model_info
from spoonfeeder.providers.gemini_request import (
    API_VERSION,
    Pictures,
    config_of,
    contents_of,
    embedding_config,
    with_pictures,
)
from spoonfeeder.providers.sdk_http import (
    SENT_AND_WATCHED,
    SENT_WITHIN,
    NoClient,
    SdkClient,
    decoded,
    require_no_page,
)
from spoonfeeder.providers.streaming import DRAIN_SECONDS, body, lines

VENDOR_URL = "https://generativelanguage.googleapis.com"
MODELS_PER_PAGE = 1000
MOST_PAGES = 10
TEXTS_PER_CALL = 100
"""Google takes no more in one batch of embeddings."""


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What goes past the SDK: the pictures of the question, and the answer's stream."""

    pictures: Pictures = field(default_factory=dict)
    opened: list[httpx2.Response] = field(default_factory=list)


_exchange: ContextVar[_Exchange] = ContextVar("_exchange")


class _Client(SdkClient):
    """Puts the pictures into what the SDK made, which sees no stream but an empty one: it needs 119 µs for a chunk."""

    async def send(self, request: httpx2.Request, *, stream: bool = False, **_: Any) -> httpx2.Response:
        request.extensions["timeout"] = (SENT_AND_WATCHED if stream else SENT_WITHIN).as_dict()
        if stream and (pictures := _exchange.get().pictures):
            request = await asyncio.to_thread(_with_pictures, request, pictures)
        response = await super().send(request, stream=stream)
        if not stream or response.status_code != httpx2.codes.OK:
            return response
        _exchange.get().opened.append(response)
        return httpx2.Response(httpx2.codes.OK, content=b"", request=request)


def _with_pictures(request: httpx2.Request, pictures: Pictures) -> httpx2.Request:
    body = with_pictures(request.content, pictures)
    headers = [(name, text) for name, text in request.headers.multi_items() if name != "content-length"]
    return httpx2.Request(request.method, request.url, headers=headers, content=body, extensions=request.extensions)


class Gemini:
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.TEXT, Capability.VISION, Capability.EMBEDDINGS}
    )

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        """Nothing comes from the environment, where the SDK looks for a key, a URL and a platform (A18).

        What it has besides the given client cannot connect; that also saves it 60 ms of reading certificates.
        """
        self._connection = connection
        self._models = genai.Client(
            vertexai=False,
            api_key=connection.api_key or "none",
            http_options=types.HttpOptions(
                base_url=(connection.url or VENDOR_URL).rstrip("/").removesuffix(f"/{API_VERSION}"),
                api_version=API_VERSION,
                timeout=None,
                httpx_async_client=_Client(http),
                httpx_client=NoClient(),
                async_client_args={"ssl": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)},
            ),
        ).aio.models

    async def test(self) -> Answered:
        found = await self.models()
        if not found:
            raise Broken
        return Answered(message=f"Gemini answers; models on offer: {len(found)}.", models=len(found))

    async def models(self) -> list[ModelInfo]:
        require_sendable(self._connection.api_key)
        with self._asking(None, Broken()):
            pager = await self._models.list(config={"page_size": MODELS_PER_PAGE})
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
        with self._asking(model, Broken()):
            for start in range(0, len(texts), TEXTS_PER_CALL):
                batch = [types.Content(parts=[types.Part(text=text)]) for text in texts[start : start + TEXTS_PER_CALL]]
                answer = await self._models.embed_content(model=model, contents=batch, config=config)
                vectors += [embedding.values or [] for embedding in answer.embeddings or ()]
                if answer.usage_metadata and answer.usage_metadata.prompt_token_count is not None:
                    tokens.append(answer.usage_metadata.prompt_token_count)
        if len(vectors) != len(texts):
            raise Broken("The server gave another number of embeddings than it was asked for.")
        count = sum(tokens) if tokens else None
        return Embeddings(vectors, model, Usage(input_tokens=count, total_tokens=count))

    async def _open(self, request: ChatRequest, first_byte_at: float) -> httpx2.Response:
        require_sendable(self._connection.api_key)
        exchange = _Exchange()
        config, contents = config_of(request), contents_of(request.messages, exchange.pictures)
        token = _exchange.set(exchange)
        try:
            async with asyncio.timeout_at(first_byte_at):
                with self._asking(request.model, Rejected("Google's SDK does not take this request as it is.")):
                    ask: Any = self._models.generate_content_stream
                    async for _ in await ask(model=request.model, contents=contents, config=config):
                        pass
            return exchange.opened.pop()
        except TimeoutError:
            raise FirstByteTimeout from None
        except IndexError:
            raise Broken from None
        finally:
            _exchange.reset(token)
            for response in exchange.opened:
                await response.aclose()

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
            raise self._failure(wire.refusal_of(chunk.error, 500), model)
        if chunk.block_reason:
            raise ContentPolicy

    @contextmanager
    def _asking(self, model: str | None, otherwise: ProviderError) -> Iterator[None]:
        """Around a call of the SDK, whose errors hold the request; `otherwise` is for what it trips over itself."""
        try:
            yield
        except errors.APIError as refused:
            waits = retry_after(refused.response.headers) if isinstance(refused.response, httpx2.Response) else None
            raise self._failure(wire.refusal_of(wire.error_in(refused.details), refused.code, waits), model) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, BrokenReply) as unanswered:
            raise sdk_error(unanswered) from None
        except (AttributeError, LookupError, TypeError, ValueError):
            raise otherwise from None

    def _failure(self, refusal: Refusal, model: str | None) -> ProviderError:
        return error_of(noted(refusal, self._connection.api_key), model)


async def _late_usage(documents: AsyncGenerator[bytes]) -> wire.Tokens | None:
    """What is counted after the reason of the end; reading on also lets the connection serve again."""
    usage = None
    with suppress(TimeoutError, ProviderError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for document in documents:
                usage = decoded(document, wire.Chunk).usage_metadata or usage
    return usage
