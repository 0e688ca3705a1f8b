"""Failures that every maker meets, under the same names, and what each must come to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from spoonfeeder.providers import errors
from spoonfeeder.providers.errors import ProviderError
from spoonfeeder.providers.media import Made
from tests.fixtures.scripted import Reply, scripted
from tests.serving import NOBODY_URL


@dataclass(frozen=True)
class Failure:
    """`may_have_happened`: nobody knows whether it was carried out."""

    error: type[ProviderError]
    may_have_happened: bool = False


FAILURES: Mapping[str, Failure] = {
    "bad_request": Failure(errors.Rejected),
    "blocked": Failure(errors.ContentPolicy),
    "bad_key": Failure(errors.Unauthorized),
    "no_credit": Failure(errors.QuotaExceeded),
    "forbidden": Failure(errors.NotPermitted),
    "unknown_model": Failure(errors.ModelMissing),
    "rate_limit": Failure(errors.RateLimited),
    "failed": Failure(errors.Failed),
    "overloaded": Failure(errors.Overloaded),
    "gateway_gave_up": Failure(errors.Timeout, may_have_happened=True),
    "redirect": Failure(errors.Broken),
    "web_page": Failure(errors.Broken, may_have_happened=True),
    "garbage": Failure(errors.Broken, may_have_happened=True),
    "hung_up": Failure(errors.Unreachable, may_have_happened=True),
    "silence": Failure(errors.FirstByteTimeout, may_have_happened=True),
    "nobody_there": Failure(errors.Unreachable),
}
WRITTEN = (
    "bad_request",
    "blocked",
    "bad_key",
    "no_credit",
    "forbidden",
    "unknown_model",
    "rate_limit",
    "failed",
    "overloaded",
)
"""Those that the provider itself explains."""
PATIENCE_SECONDS = 0.03
"""For a server that is silent, which nobody is to wait for."""

Replies = Mapping[str, Callable[[], Reply]]
"""By the same names, for those where something is said."""


@asynccontextmanager
async def failing(name: str, replies: Replies) -> AsyncIterator[str]:
    """The address of a server that fails so."""
    if name == "nobody_there":
        yield NOBODY_URL
    elif name in {"hung_up", "silence"}:
        async with _mute(hangs_up=name == "hung_up") as address:
            yield address
    else:
        async with scripted(replies[name]()) as server:
            yield server.url
            assert len(server.asked) == 1, "the SDK tried again"


@asynccontextmanager
async def _mute(*, hangs_up: bool) -> AsyncIterator[str]:
    """Takes requests, and never answers."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not hangs_up:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def files_of(made: Made) -> list[bytes]:
    return [b"".join([chunk async for chunk in file.chunks()]) for file in made.files]
