"""Server-Sent Events: how one is written, and the answer that sends them as they come (docs/api.md, "Streams")."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress

import orjson
import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.door.websocket import ABORT
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.late_answers import nobody_reads, until_left
from spoonfeeder.core.waiting_events import WaitingEvents

FIRST_SECONDS = 10.0
PULSE_SECONDS = 15.0
STUCK_SECONDS = 60.0
GRACE_SECONDS = 3.0
COMMENT = b":\n\n"
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}

log = structlog.get_logger("spoonfeeder.streams")


class ServerStops(AppError):
    """The server is being stopped; ask again in a moment."""

    status = 503
    code = "SERVER_STOPS"


def event(data: bytes, *, name: str = "", id: int | str | None = None) -> bytes:  # noqa: A002 - the field's name
    """One event of a stream; `data` is a single line, such as JSON."""
    head = f"event: {name}\n" if name else ""
    if id is not None:
        head += f"id: {id}\n"
    return head.encode() + b"data: " + data + b"\n\n"


def failure(error: AppError) -> bytes:
    """The error envelope as the event `error`."""
    return event(orjson.dumps(error.envelope()), name="error")


class Streams:
    """The streams of a process that are being read."""

    def __init__(self) -> None:
        self._open: set[WaitingEvents] = set()
        self._none_left = asyncio.Event()
        self._are_closed = False
        self.writers: list[Callable[[], Awaitable[None]]] = []
        """Who writes what is read; told of the end at its beginning."""

    @contextmanager
    def opened(self) -> Iterator[WaitingEvents]:
        waiting = WaitingEvents()
        if self._are_closed:
            waiting.end(ServerStops())
        self._open.add(waiting)
        try:
            yield waiting
        finally:
            self._open.discard(waiting)
            if not self._open:
                self._none_left.set()

    async def close(self) -> None:
        """Waits a little for those that end by themselves; the others get ServerStops as their last event."""
        self._are_closed = True
        await asyncio.gather(*(close() for close in self.writers), return_exceptions=True)
        self._none_left.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS if self._open else 0):
                await self._none_left.wait()
        for waiting in self._open:
            waiting.end(ServerStops())


class EventStream(Response):
    """Sends what `events` yields; closing them is what happens when the reader leaves or takes nothing for a minute.

    What they raise before their first bytes is rendered as a handler's errors, unless those take more than 10 s, when
    the answer begins without them; what they raise later is the last event, by `last_words`.
    """

    def __init__(self, events: AsyncGenerator[bytes], last_words: Callable[[AppError], bytes] = failure) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._events = events
        self._last_words = last_words
        self._has_begun = False
        self._sending_since: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        streams: Streams = scope["app"].state.streams
        with streams.opened() as waiting:
            is_answered = await until_left(receive, self._answer(waiting, scope, send))
        if not is_answered and not self._has_begun:
            await nobody_reads(scope, receive, send)

    async def _answer(self, waiting: WaitingEvents, scope: Scope, send: Send) -> None:
        abort = scope.get("extensions", {}).get(ABORT, _nothing)
        beside = [asyncio.create_task(self._make(waiting)), asyncio.create_task(self._watch(waiting, abort))]
        try:
            await self._send_all(waiting, send)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _make(self, waiting: WaitingEvents) -> None:
        async with aclosing(self._events) as events:
            try:
                async for chunk in events:
                    await waiting.put(chunk)
                    if not self._has_begun:
                        await _turns_of_others()
            except Exception as error:  # noqa: BLE001 - told to the reader
                waiting.end(error)
            else:
                waiting.end()

    async def _watch(self, waiting: WaitingEvents, abort: Callable[[], None]) -> None:
        """Comments while nothing is told; gives up a reader who takes nothing."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(waiting.silent_since + PULSE_SECONDS - loop.time())
            if self._sending_since is not None and loop.time() >= self._sending_since + STUCK_SECONDS:
                abort()
                return
            if loop.time() >= waiting.silent_since + PULSE_SECONDS:
                waiting.add(COMMENT)

    async def _send_all(self, waiting: WaitingEvents, send: Send) -> None:
        try:
            async with asyncio.timeout(FIRST_SECONDS):
                chunk = await waiting.take()
        except TimeoutError:
            chunk = COMMENT
        if not chunk and waiting.error is not None:
            raise waiting.error
        self._has_begun = True
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while chunk:
            await self._send(send, chunk)
            chunk = await waiting.take()
        last = self._last_words(meaning_of(waiting.error)) if waiting.error is not None else b""
        await self._send(send, last, more_body=False)

    async def _send(self, send: Send, chunk: bytes, *, more_body: bool = True) -> None:
        self._sending_since = asyncio.get_running_loop().time()
        await send({"type": "http.response.body", "body": chunk, "more_body": more_body})
        self._sending_since = None


async def _turns_of_others() -> None:
    """One for who sends, one for the server's writing: the first word leaves before the next one is made."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _nothing() -> None:
    """Where the server cannot abort a connection."""


def meaning_of(error: Exception) -> AppError:
    """The error to show; one that is a bug of ours is logged."""
    known = error if isinstance(error, AppError) else as_app_error(error)
    if known is None:
        log.error("stream failed", exc_info=error)
    return known or AppError()
