"""What providers make beside answering in a conversation, and how they are asked for it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import httpx2

from spoonfeeder.core.vocabulary import FinishReason
from spoonfeeder.providers.base import Connection, Usage
from spoonfeeder.providers.errors import Broken


class Craft(StrEnum):
    """`BACKGROUND_TEXT` is an answer that the provider writes on its own time."""

    TRANSCRIPTION = "transcription"
    IMAGE = "image"
    SPEECH = "speech"
    VIDEO = "video"
    BACKGROUND_TEXT = "background_text"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that a model is given; `media_type` is that of its bytes."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """`options` are the provider's own names; what it does not take is refused before anything is sent."""

    model: str
    prompt: str
    inputs: tuple[InputFile, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


MOST_BYTES = 64 * 1024 * 1024
"""Of what one call makes, all files together; videos may be longer."""
MOST_VIDEO_BYTES = 512 * 1024 * 1024
MOST_REPLY_BYTES = MOST_BYTES * 4 // 3 + 1024 * 1024
"""Of an answer that holds the files as base64."""
LONGEST_HANDLE = 1_000


def patience(connection: Connection) -> float:
    """Seconds for something to be made: five times as long as for the first word of an answer."""
    return 5 * connection.first_byte_seconds


def require_handle(handle: str) -> str:
    """The same. Raises Broken for what no row can hold, or no address can name."""
    if not handle.strip(".") or len(handle) > LONGEST_HANDLE or not handle.isprintable():
        raise Broken("The server began a job without a name to ask for it.")
    return handle


Chunks = Callable[[], AsyncGenerator[bytes]]


@dataclass(frozen=True, slots=True)
class MadeFile:
    """`chunks` gives the file's bytes, once; it raises ProviderError. `media_type` is what the provider calls it."""

    media_type: str
    chunks: Chunks = field(repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """`details` are what prices depend on or people want to know: size, quality, seconds, revised_prompt …"""

    model: str
    text: str | None = None
    files: tuple[MadeFile, ...] = ()
    usage: Usage = field(default_factory=Usage)
    finish: FinishReason = FinishReason.STOP
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """How a job at the provider is getting on; `progress` in percent where the provider tells."""

    is_done: bool
    progress: int | None = None


class Maker(Protocol):
    """One call that gives the whole; every method raises ProviderError, and Invalid for options it does not take.

    `DEFAULT_MODEL` is asked where nobody chose one.
    """

    DEFAULT_MODEL: ClassVar[str]

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None: ...

    async def make(self, request: MediaRequest) -> Made: ...


class RemoteMaker(Protocol):
    """A job that the provider does on its own time and knows by a handle, which outlives this process (R9)."""

    DEFAULT_MODEL: ClassVar[str]

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None: ...

    async def start(self, request: MediaRequest) -> str: ...

    async def look(self, handle: str) -> Look:
        """Raises what became of a job that failed, with `job_ended`; other errors are of the question alone."""
        ...

    async def collect(self, handle: str, request: MediaRequest) -> Made:
        """Of a job that is done; may be asked for again."""
        ...

    async def cancel(self, handle: str) -> None:
        """As far as the provider can; a job that has ended is left alone."""
        ...


async def _whole(data: bytes) -> AsyncGenerator[bytes]:
    yield data


def of_bytes(media_type: str, data: bytes) -> MadeFile:
    return MadeFile(media_type, lambda: _whole(data))
