"""Google's API without its SDK, whose part for interactions takes 1.7 s to import and repeats a failed request itself.

https://ai.google.dev/api/interactions-api, https://ai.google.dev/api/files
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

from spoonfeeder.core.http import BrokenReply, read_json
from spoonfeeder.providers import gemini_wire as wire
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.errors import Broken, FirstByteTimeout, JobMissing, ProviderError
from spoonfeeder.providers.failures import error_of, noted, require_sendable, retry_after, sdk_error
from spoonfeeder.providers.gemini_request import EARLY_API_VERSION
from spoonfeeder.providers.gemini_sdk import base_url
from spoonfeeder.providers.sdk_http import MAX_ERROR_BYTES, SENT_AND_WATCHED
from spoonfeeder.providers.streaming import body, file_in

MOST_REDIRECTS = 3
ERROR_SECONDS = 10.0
GONE = frozenset({httpx2.codes.NOT_FOUND, httpx2.codes.GONE})
GOOGLES_HOSTS = (".googleapis.com", ".googleusercontent.com")
"""Where a download may lead; the key stays behind."""


class Refused(Exception):
    """An answer with an error status; `error` is what to raise.

    `is_gone`: Google itself says that it has no such thing, and not a web server in between.
    """

    def __init__(self, error: ProviderError, *, is_gone: bool) -> None:
        super().__init__()
        self.error = error
        self.is_gone = is_gone


class Rest:
    """The server of one connection."""

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._connection = connection
        self._http = http
        self._base = f"{base_url(connection)}/{EARLY_API_VERSION}"

    async def ask(
        self, method: str, path: str, content: bytes | None = None, *, due: float, most_bytes: int, model: str = ""
    ) -> bytes:
        """The whole answer. Raises Refused, and ProviderError where there is no answer."""
        response = await self._sent(method, f"{self._base}{path}", content, due)
        if not response.is_success:
            raise await self._refusal(response, model)
        async with aclosing(body(response, due, most_bytes)) as received:
            return b"".join([part async for part in received])

    async def download(self, path: str, *, due: float, most_bytes: int) -> AsyncGenerator[bytes]:
        """A file, which may lie at another address. Raises ProviderError."""
        url = f"{self._base}{path}"
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._sent("GET", url, None, due)
            if not response.is_redirect:
                break
            await response.aclose()
            url = self._next(url, response.headers.get("location", ""))
        else:
            raise Broken("The file is passed on from address to address.")
        if response.status_code != httpx2.codes.OK:
            refused = await self._refusal(response, "")
            raise JobMissing("Google no longer has this file.") if refused.is_gone else refused.error
        async with aclosing(file_in(response, due, most_bytes)) as received:
            async for chunk in received:
                yield chunk

    async def _sent(self, method: str, url: str, content: bytes | None, due: float) -> httpx2.Response:
        require_sendable(self._connection.api_key)
        headers = {"Accept-Encoding": "identity"}
        if self._connection.api_key and _origin(url) == _origin(self._base):
            headers["x-goog-api-key"] = self._connection.api_key
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            request = self._http.build_request(method, url, headers=headers, content=content, timeout=SENT_AND_WATCHED)
            async with asyncio.timeout_at(due):
                return await self._http.send(request, stream=True, follow_redirects=False)
        except TimeoutError:
            raise FirstByteTimeout from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as unanswered:
            raise sdk_error(unanswered) from None

    def _next(self, url: str, location: str) -> str:
        """Raises Broken for an address that is neither this server's nor one of Google's."""
        try:
            target = urljoin(url, location)
            host = urlsplit(target).hostname or ""
        except ValueError:
            target = host = ""
        is_googles = target.startswith("https:") and host.endswith(GOOGLES_HOSTS)
        if _origin(target) != _origin(self._base) and not is_googles:
            raise Broken("The file lies at an address that is not Google's.")
        return target

    async def _refusal(self, response: httpx2.Response, model: str) -> Refused:
        told: Any = None
        try:
            async with aclosing(response):
                told = await read_json(response, MAX_ERROR_BYTES, deadline_seconds=ERROR_SECONDS)
        except (BrokenReply, httpx2.HTTPError):
            pass
        explained = wire.error_in(told)
        refusal = wire.refusal_of(explained, response.status_code, retry_after(response.headers))
        is_gone = explained is not None and response.status_code in GONE
        return Refused(error_of(noted(refusal, self._connection.api_key), model), is_gone=is_gone)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return parts.scheme, parts.hostname, None
