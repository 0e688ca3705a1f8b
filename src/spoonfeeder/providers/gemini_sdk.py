"""Google's SDK as each craft uses it: with our client, the connection's key alone, and every failure as one of ours."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpx2
from google import genai
from google.genai import errors, types
from google.genai.models import AsyncModels

from spoonfeeder.core.http import BrokenReply
from spoonfeeder.providers import gemini_wire as wire
from spoonfeeder.providers.base import Connection, Picture
from spoonfeeder.providers.errors import Broken, FirstByteTimeout, ProviderError, Rejected
from spoonfeeder.providers.failures import Refusal, error_of, noted, require_sendable, retry_after, sdk_error
from spoonfeeder.providers.gemini_request import API_VERSION, EARLY_API_VERSION, with_pictures
from spoonfeeder.providers.sdk_http import SENT_AND_WATCHED, SENT_WITHIN, NoClient, SdkClient

VENDOR_URL = "https://generativelanguage.googleapis.com"


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What goes past the SDK: the files of the question, and the answer."""

    files: Mapping[str, Picture]
    opened: list[httpx2.Response] = field(default_factory=list)


_exchange: ContextVar[_Exchange | None] = ContextVar("_exchange", default=None)


class _Client(SdkClient):
    """Within an exchange: puts the files into what the SDK made, and gives it an empty answer instead of the real one.

    It needs 119 µs for a chunk of a stream, and would decode what is made of many MiB within the loop.
    """

    async def send(self, request: httpx2.Request, *, stream: bool = False, **_: Any) -> httpx2.Response:
        exchange = _exchange.get()
        request.extensions["timeout"] = (SENT_WITHIN if exchange is None else SENT_AND_WATCHED).as_dict()
        if exchange is None:
            return await super().send(request, stream=stream)
        if exchange.files:
            request = await asyncio.to_thread(_with_files, request, exchange.files)
        response = await super().send(request, stream=True)
        if not response.is_success:
            return response
        exchange.opened.append(response)
        return httpx2.Response(httpx2.codes.OK, content=b"" if stream else b"{}", request=request)


def _with_files(request: httpx2.Request, files: Mapping[str, Picture]) -> httpx2.Request:
    body = with_pictures(request.content, files)
    headers = [(name, text) for name, text in request.headers.multi_items() if name != "content-length"]
    return httpx2.Request(request.method, request.url, headers=headers, content=body, extensions=request.extensions)


class Server:
    """The server of one connection."""

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        """Nothing comes from the environment, where the SDK looks for a key, a URL and a platform (A18).

        What it has besides the given client cannot connect; that also saves it 60 ms of reading certificates.
        """
        self.connection = connection
        self.models: AsyncModels = genai.Client(
            vertexai=False,
            api_key=connection.api_key or "none",
            http_options=types.HttpOptions(
                base_url=base_url(connection),
                api_version=API_VERSION,
                timeout=None,
                httpx_async_client=_Client(http),
                httpx_client=NoClient(),
                async_client_args={"ssl": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)},
            ),
        ).aio.models

    async def unread(
        self, model: str, ask: Callable[[], Awaitable[object]], files: Mapping[str, Picture], due: float
    ) -> httpx2.Response:
        """What `ask` is answered, unread, and to be closed; `due` is when it begins, by the loop's clock.

        `files` are put in the place of their marks. Raises ProviderError.
        """
        require_sendable(self.connection.api_key)
        exchange = _Exchange(files)
        token = _exchange.set(exchange)
        try:
            async with asyncio.timeout_at(due):
                with self.asking(model, Rejected("Google's SDK does not take this request as it is.")):
                    await ask()
            return exchange.opened.pop()
        except TimeoutError:
            raise FirstByteTimeout from None
        except IndexError:
            raise Broken from None
        finally:
            _exchange.reset(token)
            for response in exchange.opened:
                await response.aclose()

    @contextmanager
    def asking(self, model: str | None, otherwise: ProviderError) -> Iterator[None]:
        """Around a call of the SDK, whose errors hold the request; `otherwise` is for what it trips over itself."""
        try:
            yield
        except errors.APIError as refused:
            waits = retry_after(refused.response.headers) if isinstance(refused.response, httpx2.Response) else None
            raise self.error(wire.refusal_of(wire.error_in(refused.details), refused.code, waits), model) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, BrokenReply) as unanswered:
            raise sdk_error(unanswered) from None
        except (AttributeError, LookupError, TypeError, ValueError):
            raise otherwise from None

    def error(self, refusal: Refusal, model: str | None = None) -> ProviderError:
        return error_of(noted(refusal, self.connection.api_key), model)


def base_url(connection: Connection) -> str:
    """Without the version, which is part of each path."""
    url = (connection.url or VENDOR_URL).rstrip("/")
    return url.removesuffix(f"/{EARLY_API_VERSION}").removesuffix(f"/{API_VERSION}")
