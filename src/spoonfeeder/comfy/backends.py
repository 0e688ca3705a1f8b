"""The ComfyUI servers that this process talks to, each with one client, and with one feed once a run is followed."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import httpx2

from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.errors import ComfyError
from spoonfeeder.comfy.feed import Feed
from spoonfeeder.core.targets import TargetPolicy

OBJECTS_KEPT_SECONDS = 60.0
OBJECTS_WAIT_SECONDS = 5.0
AWAY_SECONDS = 10.0
"""For how long a server that did not tell its nodes in time is not asked again by who can do without."""
MOST_KNOWN = 30
"""Servers that are remembered without a feed: what one says of its nodes takes megabytes, and profiles change."""


class Backend:
    """`feed()` opens the socket at first use; only workers do."""

    def __init__(self, client: ComfyClient, open_feed: Callable[[], Awaitable[Feed]]) -> None:
        self.client = client
        self._open_feed = open_feed
        self._feed: Feed | None = None
        self._opening = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._objects: tuple[float, dict[str, Any]] | None = None
        self._away_until = float("-inf")

    async def feed(self) -> Feed:
        async with self._opening:
            if self._feed is None:
                self._feed = await self._open_feed()
            return self._feed

    @property
    def is_followed(self) -> bool:
        return self._feed is not None or self._opening.locked()

    @property
    def known_objects(self) -> dict[str, Any] | None:
        """The newest `/object_info` that was read, however old."""
        return self._objects[1] if self._objects else None

    @property
    def fresh_objects(self) -> dict[str, Any] | None:
        """The same if it is at most a minute old."""
        is_fresh = self._objects is not None and time.monotonic() - self._objects[0] <= OBJECTS_KEPT_SECONDS
        return self._objects[1] if self._objects and is_fresh else None

    async def objects(self) -> dict[str, Any]:
        """`/object_info`, at most a minute old; those who ask together share one answer. Raises ComfyError."""
        async with self._asking:
            known = self.fresh_objects
            if known is None:
                known = await self.client.object_info()
                self._objects = (time.monotonic(), known)
            return known

    async def live_objects(self) -> dict[str, Any] | None:
        """As `objects`, None where ComfyUI does not answer soon; `known_objects` may then be an older answer."""
        if time.monotonic() < self._away_until:
            return None
        try:
            async with asyncio.timeout(OBJECTS_WAIT_SECONDS):
                return await self.objects()
        except (ComfyError, TimeoutError):
            self._away_until = time.monotonic() + AWAY_SECONDS
            return None


class Backends:
    """Opens with `async with`; a key that is set is sent as a bearer token, as proxies before a ComfyUI want it."""

    def __init__(self, http: httpx2.AsyncClient, policy: TargetPolicy) -> None:
        self._http = http
        self._policy = policy
        self._known: OrderedDict[tuple[str, str | None], Backend] = OrderedDict()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def get(self, url: str, api_key: str | None = None) -> Backend:
        known = self._known.get((url, api_key))
        if known is None:
            headers: Mapping[str, str] = {"Authorization": f"Bearer {api_key}"} if api_key else {}
            client = ComfyClient(url, self._http, headers=headers)

            async def open_feed() -> Feed:
                return await self._stack.enter_async_context(Feed(url, self._policy, headers=headers))

            known = self._known[url, api_key] = Backend(client, open_feed)
            self._forget_some()
        self._known.move_to_end((url, api_key))
        return known

    def _forget_some(self) -> None:
        """Those that were not asked for the longest time."""
        for place in list(self._known)[:-MOST_KNOWN]:
            if not self._known[place].is_followed:
                del self._known[place]

    def known_objects(self, url: str) -> dict[str, Any] | None:
        """What is known of this server's nodes without asking it now."""
        for (known_url, _), backend in self._known.items():
            if known_url == url and backend.known_objects is not None:
                return backend.known_objects
        return None
