"""What every storage does with bytes as they come: counts them against the limit, hashes them, looks at the first."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterable, AsyncIterator

from spoonfeeder.storage.media_types import EXTENSIONS, HEAD_BYTES, sniff
from spoonfeeder.storage.protocol import StorageTooLarge, Stored

FOLDER = re.compile(r"[0-9A-Za-z-]{2}")
KEY = re.compile(r"[0-9A-Za-z-]{2}/[0-9A-Za-z-]+\.[0-9a-z]+")
NAME = re.compile(r"[0-9A-Za-z-]{2,100}")


def check_name(name: str) -> None:
    """Raises ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError(f"not a name for a stored file: {name!r}")


class Received:
    """What is known of the bytes so far."""

    def __init__(self) -> None:
        self.head = b""
        self.bytes = 0
        self._hash = hashlib.sha256()

    def add(self, block: bytes) -> None:
        """Blocks: to be called in a thread."""
        if len(self.head) < HEAD_BYTES:
            self.head += block[: HEAD_BYTES - len(self.head)]
        self._hash.update(block)
        self.bytes += len(block)

    def stored_as(self, name: str) -> Stored:
        media_type = sniff(self.head)
        key = f"{name[:2]}/{name}.{EXTENSIONS[media_type]}"
        return Stored(key, self.bytes, self._hash.hexdigest(), media_type)


async def blocks(chunks: AsyncIterable[bytes], limit_bytes: int, block_bytes: int) -> AsyncIterator[bytes]:
    """Pieces of at least `block_bytes`, then what is left, however little.

    So a big file does not hop between threads for every network packet. Raises StorageTooLarge.
    """
    total, block = 0, bytearray()
    async for chunk in chunks:
        total += len(chunk)
        if total > limit_bytes:
            raise StorageTooLarge(f"The file is larger than the {limit_bytes:,} bytes that this server accepts.")
        block += chunk
        if len(block) >= block_bytes:
            yield bytes(block)
            block.clear()
    yield bytes(block)


async def counted(received: Received, pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, each known to `received` when it is given on."""
    async for piece in pieces:
        await asyncio.to_thread(received.add, piece)
        yield piece
