"""Pictures as base64, as providers want them."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from spoonfeeder.providers.base import ChatMessage, Picture
from spoonfeeder.providers.errors import Broken

_PIECE_BYTES: Final = 3 * 128 * 1024
"""A multiple of 3, as base64 wants; encoding one piece holds the interpreter for about a millisecond."""
_Made = TypeVar("_Made")


def encoded(picture: Picture) -> str:
    data = picture.data
    pieces = (data[start : start + _PIECE_BYTES] for start in range(0, len(data), _PIECE_BYTES))
    return b"".join(map(b64encode, pieces)).decode("ascii")


_PIECE_LETTERS: Final = 4 * 128 * 1024


def from_base64(text: str) -> bytes:
    """What `text` of an answer encodes; to be called beside the loop. Raises Broken."""
    pieces = (text[start : start + _PIECE_LETTERS] for start in range(0, len(text), _PIECE_LETTERS))
    try:
        return b"".join(b64decode(piece, validate=True) for piece in pieces)
    except ValueError:
        raise Broken("The server sent a file that cannot be decoded.") from None


async def made_beside(messages: Iterable[ChatMessage], make: Callable[[], _Made]) -> _Made:
    """What `make` gives: beside the loop where the messages hold pictures, which may be many MiB."""
    if any(isinstance(part, Picture) for message in messages for part in message.parts):
        return await asyncio.to_thread(make)
    return make()
