"""What OpenAI's jobs have in common: a handle that outlives us, and a verdict of the provider's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx2
import msgspec
import openai

from spoonfeeder.providers.errors import JobMissing, ProviderError, Rejected, Timeout
from spoonfeeder.providers.media import require_handle
from spoonfeeder.providers.openai_sdk import Server
from spoonfeeder.providers.openai_wire import refusal_of
from spoonfeeder.providers.sdk_http import decoded, require_no_page
from spoonfeeder.providers.streaming import due_in

LOOK_SECONDS = 30.0
_BLAMES_REQUEST = ("invalid_", "image_", "empty_", "unsupported_", "failed_to_download_image")


class _Begun(msgspec.Struct):
    id: str = ""


def handle_of(response: httpx2.Response) -> str:
    """Of a job that was begun. Raises Broken."""
    require_no_page(response)
    begun = decoded(response.content, _Begun)
    return require_handle(begun.id)


def path_to(kind: str, handle: str, *more: str) -> str:
    return "/".join(["", kind, quote(handle, safe=""), *more])


@asynccontextmanager
async def asking_for(server: Server, seconds: float = LOOK_SECONDS) -> AsyncIterator[None]:
    """Around requests about a job. Raises JobMissing, ProviderError; what a web server in between says ends no job."""
    async with server.asking(due_in(seconds), Timeout):
        try:
            yield
        except openai.APIStatusError as error:
            if error.status_code != httpx2.codes.NOT_FOUND:
                raise
            require_no_page(error.response)
            raise JobMissing from None


async def cancel(server: Server, kind: str, handle: str) -> None:
    """What has ended, or is gone, is left alone."""
    try:
        async with asking_for(server):
            if kind == "videos":
                await server.delete(path_to(kind, handle))
            else:
                await server.post(path_to(kind, handle, "cancel"), {})
    except Rejected:
        return


def verdict(server: Server, error: Any, model: str | None = None) -> ProviderError:
    """How a job failed, by its own words for it."""
    words = error.get("code") if isinstance(error, dict) else None
    blames_request = isinstance(words, str) and words.startswith(_BLAMES_REQUEST)
    found = server.error(refusal_of(error, 400 if blames_request else None), model)
    found.job_ended = True
    return found


def cancelled() -> ProviderError:
    ended = Rejected("The job was cancelled at the provider.")
    ended.job_ended = True
    return ended
