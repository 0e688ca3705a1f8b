"""LISTEN and NOTIFY of PostgreSQL: what rings and events go by where Redis is away or not wanted (decision 0022)."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from spoonfeeder.realtime.emitter import MESSAGE_LIMIT_BYTES

EVENTS = "spoonfeeder_events"
RINGS = "spoonfeeder_rings"
ANSWER_SECONDS = 2.0
CHECK_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 2.0
PART_LETTERS = 1_900
"""A notification carries less than 8,000 bytes, and a letter takes up to four."""
MOST_PARTS = MESSAGE_LIMIT_BYTES // PART_LETTERS + 1
NOTIFY = "SELECT pg_notify($1, part) FROM unnest(CAST($2 AS text[])) part"

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)

log = logging.getLogger(__name__)

Connect = Callable[[], Awaitable[Any]]
Hear = Callable[[bytes], None]


class BusAway(OSError):
    """PostgreSQL does not take or bring messages at the moment."""


class PostgresBus:
    """One connection beside the pool, made at its first use, and made anew when it breaks."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: Any = None
        self._turn = asyncio.Lock()
        self.listening = asyncio.Event()

    async def send(self, channel: str, message: bytes) -> None:
        """To all that listen at this moment. Raises BusAway."""
        async with self._using() as connection:
            await connection.execute(NOTIFY, channel, split(message))

    async def listen(self, channel: str, hear: Hear, on_gap: Callable[[], None]) -> None:
        """Until cancelled; `on_gap` is called after each time without a listener, the one before the first included."""
        pause_seconds, is_told = 0.1, False
        while True:
            try:
                lost = await self._begin_listening(channel, hear)
                self.listening.set()
                log.info("listening to PostgreSQL")
                on_gap()
                pause_seconds, is_told = 0.1, False
                await self._keep(lost)
            except BusAway as error:
                if not is_told:
                    log.warning("not listening to PostgreSQL (%s), trying again", type(error.__cause__).__name__)
                is_told = True
            finally:
                self.listening.clear()
            await asyncio.sleep(pause_seconds * random.uniform(0.8, 1.2))
            pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    async def close(self) -> None:
        if self._connection is not None:
            with suppress(*FAILURES):
                await self._connection.close(timeout=ANSWER_SECONDS)

    async def _begin_listening(self, channel: str, hear: Hear) -> asyncio.Event:
        """What it returns is set when the connection is lost."""
        lost = asyncio.Event()
        parts = Parts(hear)
        async with self._using() as connection:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(channel, lambda *notification: parts.take(notification[-1]))
        return lost

    async def _keep(self, lost: asyncio.Event) -> None:
        """Returns when the connection is lost; one that is only silent is asked (R20)."""
        while not lost.is_set():
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    await lost.wait()
            except TimeoutError:
                async with self._using() as connection:
                    await connection.execute("SELECT 1")

    @asynccontextmanager
    async def _using(self) -> AsyncIterator[Any]:
        """The connection, in turns. It is given up after whatever goes wrong, being left in the middle of its word."""
        async with self._turn:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await self._connect()
                    yield self._connection
            except BaseException as error:
                if self._connection is not None:
                    self._connection.terminate()
                if isinstance(error, FAILURES):
                    raise BusAway from error
                raise


def split(message: bytes) -> list[str]:
    """Parts with the number of those from there to the end.

    PostgreSQL brings what one transaction says in its order and by itself, but equal notifications only once.
    """
    letters = message.decode()
    texts = [letters[start : start + PART_LETTERS] for start in range(0, len(letters), PART_LETTERS)]
    return [f"{len(texts) - n}:{text}" for n, text in enumerate(texts)]


class Parts:
    """Puts together what `split` took apart."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._texts: list[str] = []
        self._next = 0

    def take(self, part: str) -> None:
        """Anybody who may connect to the database can say anything: what does not fit is passed over."""
        number, _, text = part.partition(":")
        left = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 0
        if left != self._next or left > MOST_PARTS:
            self._texts = []
        self._texts.append(text)
        self._next = left - 1
        if left == 1:
            texts, self._texts = self._texts, []
            self._hear("".join(texts).encode())
