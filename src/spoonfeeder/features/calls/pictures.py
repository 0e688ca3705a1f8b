"""Pictures that messages carry, also as `data:` URLs, and how many bytes of them one request may have."""

import asyncio
import binascii
from collections.abc import Collection, Iterable
from itertools import accumulate

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.providers.base import Picture
from spoonfeeder.storage.media_types import HEAD_BYTES, sniff

MOST_BYTES = 20 * 1024 * 1024
MOST_BYTES_TOGETHER = 32 * 1024 * 1024
"""Of one request: all of them are in memory at once, and once more as base64."""
PIECE_LETTERS = 4 * 128 * 1024
TAKEN = {"image/png", "image/jpeg", "image/webp", "image/gif"}


def how_many_fit(sizes: Iterable[int]) -> int:
    """How many of the first ones one request may carry."""
    return sum(total <= MOST_BYTES_TOGETHER for total in accumulate(sizes))


def require_fitting(sizes: Collection[int], loc: str) -> None:
    """Raises Invalid where one request may not carry all of them."""
    if how_many_fit(sizes) < len(sizes):
        most = MOST_BYTES_TOGETHER // 2**20
        raise invalid_field(loc, f"All pictures together may have at most {most} MiB; send fewer or smaller ones.")


async def picture_of(url: str, loc: str) -> Picture:
    """The type is that of its first bytes, whatever the URL says. Raises Invalid about the field `loc`."""
    head, comma, encoded = url.partition(",")
    if not url[:5].lower() == "data:" or not comma:
        raise invalid_field(loc, "A picture must be a data: URL; this server fetches no addresses for you.")
    if not head.lower().endswith(";base64"):
        raise invalid_field(loc, "The picture's data: URL must be base64.")
    if len(encoded) > MOST_BYTES * 4 // 3 + 4:
        raise invalid_field(loc, f"A picture may have at most {MOST_BYTES // 2**20} MiB.")
    try:
        data = await asyncio.to_thread(_decoded, encoded)
    except ValueError:
        raise invalid_field(loc, "The picture's data: URL is not valid base64.") from None
    media_type = sniff(data[:HEAD_BYTES])
    if media_type not in TAKEN:
        raise invalid_field(loc, "The picture must be a PNG, JPEG, WebP or GIF file.")
    return Picture(media_type, data)


def _decoded(encoded: str) -> bytes:
    """Piece by piece, since the interpreter serves nobody else during one. Raises ValueError."""
    pieces = [encoded[start : start + PIECE_LETTERS] for start in range(0, len(encoded), PIECE_LETTERS)]
    if any(piece.endswith("=") for piece in pieces[:-1]):
        raise binascii.Error("there is something behind the padding")
    return b"".join(binascii.a2b_base64(piece, strict_mode=True) for piece in pieces)
