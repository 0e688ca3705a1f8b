"""HTTP with one ComfyUI: capped replies, and every way it can fail as one of our errors."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from spoonfeeder.comfy.errors import Broken, ComfyError, NotAllowed, Unreachable, Unreadable
from spoonfeeder.core.http import BrokenReply, read_json, target_refusal

CONNECT_SECONDS = 3.0
IN_FRONT = frozenset({429, 502, 503, 504})  # what proxies answer while the server behind them is away
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is the parsed JSON, None where there was none that could be used; `problem` then says why."""

    status: int
    body: Any
    problem: str = ""


class Wire:
    """Calls below one base URL. What gets no answer raises Unreachable."""

    def __init__(self, base_url: str, http: httpx2.AsyncClient, headers: Mapping[str, str] | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = http
        self._headers = dict(headers or {})

    async def get(self, path: str, *, timeout_seconds: float = 5.0) -> Any:
        """The JSON of a 200; another status is Broken or Unreachable, a body that cannot be used Unreadable."""
        reply = await self.call("GET", path, timeout_seconds=timeout_seconds)
        if reply.status != 200:
            raise self.unexpected(reply.status)
        if reply.body is None:
            raise Unreadable(f"The answer of ComfyUI at {self.base_url} cannot be used. {reply.problem}".rstrip())
        return reply.body

    async def post(self, path: str, body: Any, *, timeout_seconds: float = 5.0) -> Reply:
        return await self.call("POST", path, timeout_seconds=timeout_seconds, json=body)

    async def call(self, method: str, path: str, *, timeout_seconds: float, **content: Any) -> Reply:
        """One exchange within `timeout_seconds` altogether; `content` as httpx2 takes it (json, files, data)."""
        try:
            async with asyncio.timeout(timeout_seconds), self.stream(method, path, **content) as response:
                return await self._reply(response)
        except TimeoutError:
            raise self._silent() from None

    @asynccontextmanager
    async def stream(self, method: str, path: str, **content: Any) -> AsyncIterator[httpx2.Response]:
        """The response with its body unread; transport errors while it is read are mapped too."""
        timeout = httpx2.Timeout(30.0, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
        headers = {**self._headers, **content.pop("headers", {})}
        try:
            async with self._http.stream(
                method, self.base_url + path, headers=headers, timeout=timeout, **content
            ) as response:
                yield response
        except NEVER_SENT as error:
            if refusal := target_refusal(error):
                raise NotAllowed(refusal.message) from None
            raise Unreachable(f"ComfyUI at {self.base_url} cannot be reached.") from None
        except httpx2.TimeoutException:
            raise self._silent() from None
        except (httpx2.HTTPError, httpx2.InvalidURL):
            raise Unreachable(f"The connection to ComfyUI at {self.base_url} broke.", maybe_done=True) from None

    def unexpected(self, status: int, *, maybe_done: bool = False) -> ComfyError:
        """The error of a status that the route does not give when all is well."""
        if status in IN_FRONT:
            return Unreachable(f"ComfyUI at {self.base_url} is not available (HTTP {status}).", maybe_done=maybe_done)
        if status in {401, 403}:
            return Broken(f"ComfyUI at {self.base_url} does not let us in (HTTP {status}).")
        if status >= 500:
            return Broken(f"ComfyUI at {self.base_url} failed inside (HTTP {status}).", maybe_done=maybe_done)
        return Broken(f"What answers at {self.base_url} does not behave like ComfyUI (HTTP {status}).")

    async def _reply(self, response: httpx2.Response) -> Reply:
        try:
            return Reply(response.status_code, await read_json(response))
        except BrokenReply as error:
            return Reply(response.status_code, None, error.message)

    def _silent(self) -> Unreachable:
        return Unreachable(f"ComfyUI at {self.base_url} did not answer in time.", maybe_done=True)
