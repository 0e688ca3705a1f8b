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
FIRST_WAIT_SECONDS = 20.0
"""By who would be misled without any: a server with hundreds of custom nodes takes 10 s for its first answer."""
AWAY_SECONDS = 10.0
"""For how long a server that could not tell its nodes is not asked again by who can do without."""
MOST_KNOWN = 30
"""Servers that are remembered though not in use: what one says of its nodes takes megabytes, and profiles change."""


class Backend:
    """`feed()` opens the socket at first use; only workers do."""

    def __init__(self, client: ComfyClient, open_feed: Callable[[], Awaitable[Feed]]) -> None:
        self.client = client
        self._open_feed = open_feed
        self._feed: Feed | None = None
        self._opening = asyncio.Lock()
        self._objects: tuple[float, dict[str, Any]] | None = None
        self._reading: asyncio.Task[dict[str, Any]] | None = None
        self._reading_since = 0.0
        self._away_until = float("-inf")

    async def feed(self) -> Feed:
        async with self._opening:
            if self._feed is None:
                self._feed = await self._open_feed()
            return self._feed

    @property
    def is_in_use(self) -> bool:
        return self._feed is not None or self._opening.locked() or self._reading is not None

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
        """`/object_info`, at most a minute old. Raises ComfyError.

        Those who ask together share one answer, and it is read to its end even if they leave.
        """
        known = self.fresh_objects
        if known is None:
            reading = self._begin_reading()
            await asyncio.wait([reading])
            known = reading.result()
        return known

    async def live_objects(self, *, is_needed: bool = False) -> dict[str, Any] | None:
        """As `objects`, None where ComfyUI does not answer soon; `known_objects` may then be an older answer.

        Where it `is_needed`, the first answer of all is asked for in any case, and waited for longer.
        """
        is_first = is_needed and self._objects is None
        if not is_first and self.fresh_objects is None and time.monotonic() < self._away_until:
            return None
        patience = FIRST_WAIT_SECONDS if is_first else OBJECTS_WAIT_SECONDS
        waited = time.monotonic() - self._reading_since if self._reading else 0.0
        try:
            async with asyncio.timeout(patience - waited):
                return await self.objects()
        except TimeoutError:
            return None
        except ComfyError:
            self._away_until = time.monotonic() + AWAY_SECONDS
            return None

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    def _begin_reading(self) -> asyncio.Task[dict[str, Any]]:
        if self._reading is None:
            self._reading_since = time.monotonic()
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._has_read)
        return self._reading

    async def _read(self) -> dict[str, Any]:
        known = await self.client.object_info()
        self._objects = (time.monotonic(), known)
        return known

    def _has_read(self, reading: asyncio.Task[dict[str, Any]]) -> None:
        self._reading = None
        if not reading.cancelled():
            reading.exception()  # those who asked may have left, and nobody is to hear of it then


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
        for backend in list(self._known.values()):
            await backend.close()
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
            if not self._known[place].is_in_use:
                del self._known[place]

    def known_objects(self, url: str) -> dict[str, Any] | None:
        """What is known of this server's nodes without asking it now."""
        for (known_url, _), backend in self._known.items():
            if known_url == url and backend.known_objects is not None:
                return backend.known_objects
        return None
