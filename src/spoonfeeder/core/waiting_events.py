"""Events on their way to a reader: what is ready leaves in one piece, and a slow reader slows who makes them."""

import asyncio

MOST_BYTES = 64 * 1024


class WaitingEvents:
    """Many may put, one takes. `end` may be called by others too; the first call counts.

    `silent_since` is when the last one was put, by the loop's clock.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._chunks: list[bytes] = []
        self._bytes = 0
        self._taker: asyncio.Future[None] | None = None
        self._room = asyncio.Event()
        self.silent_since = self._loop.time()
        self.has_ended = False
        self.error: Exception | None = None

    async def put(self, chunk: bytes) -> None:
        """Waits while too much is waiting; what comes after the end is dropped."""
        self.add(chunk)
        if self._bytes >= MOST_BYTES and not self.has_ended:
            self._room.clear()
            await self._room.wait()

    def add(self, chunk: bytes) -> None:
        """The same without waiting."""
        if self.has_ended or not chunk:
            return
        self._chunks.append(chunk)
        self._bytes += len(chunk)
        self.silent_since = self._loop.time()
        self._wake()

    def end(self, error: Exception | None = None) -> None:
        """What is waiting can still be taken."""
        if not self.has_ended:
            self.has_ended, self.error = True, error
            self._wake()
            self._room.set()

    async def take(self) -> bytes:
        """All that waits, as soon as there is something; empty once it is over."""
        if not self._chunks and not self.has_ended:
            self._taker = self._loop.create_future()
            await self._taker
        taken = b"".join(self._chunks)
        self._chunks.clear()
        self._bytes = 0
        self._room.set()
        return taken

    def _wake(self) -> None:
        if self._taker is not None and not self._taker.done():
            self._taker.set_result(None)
