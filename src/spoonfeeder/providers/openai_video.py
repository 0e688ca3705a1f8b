"""Videos by OpenAI, and by servers that speak alike: a job that is asked for until it is done.

https://platform.openai.com/docs/api-reference/videos; OpenAI itself has announced the end of it for 2026-09-24.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar

import httpx2
import msgspec

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.providers import openai_jobs
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.media import (
    MOST_VIDEO_BYTES,
    Craft,
    InputFile,
    Look,
    Made,
    MadeFile,
    MediaRequest,
    patience,
)
from spoonfeeder.providers.openai_jobs import asking_for, handle_of, path_to, verdict
from spoonfeeder.providers.openai_options import taken
from spoonfeeder.providers.openai_sdk import Files, Server
from spoonfeeder.providers.openai_told import known, number_of
from spoonfeeder.providers.sdk_http import decoded, require_no_page
from spoonfeeder.providers.streaming import due_in, file_in

VIDEOS = "videos"
WORKING = frozenset({"queued", "in_progress", "processing"})


class _Video(msgspec.Struct):
    status: str = ""
    progress: Any = None
    error: Any = None
    model: Any = None
    seconds: Any = None
    size: Any = None


class OpenAIVideo:
    DEFAULT_MODEL: ClassVar[str] = "sora-2"

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._server = Server(connection, http)
        self._patience = patience(connection)

    async def start(self, request: MediaRequest) -> str:
        fields = taken(Craft.VIDEO, request.options, self._server.connection.url)
        if "seconds" in fields:
            fields["seconds"] = str(fields["seconds"])
        fields |= {"model": request.model, "prompt": request.prompt}
        files = _reference(request.inputs)
        async with self._server.making(Craft.VIDEO, due_in(self._patience), request.model):
            return handle_of(await self._server.post_form(f"/{VIDEOS}", fields, files))

    async def look(self, handle: str) -> Look:
        video = await self._video(handle)
        if video.status in WORKING:
            return Look(is_done=False, progress=_percent(video.progress))
        if video.status == "completed":
            return Look(is_done=True, progress=100)
        if video.status == "cancelled":
            raise openai_jobs.cancelled()
        if video.status == "failed":
            raise verdict(self._server, video.error)
        raise Broken("The server tells a state of its video that is not known.")

    async def collect(self, handle: str, request: MediaRequest) -> Made:
        """The file arrives while its chunks are read."""
        video = await self._video(handle)
        length = number_of(video.seconds) or number_of(request.options.get("seconds"))
        return Made(
            model=video.model if isinstance(video.model, str) and video.model else request.model,
            files=(MadeFile("video/mp4", lambda: self._chunks(handle)),),
            details=known(count=1, seconds=length, size=video.size or request.options.get("size")),
        )

    async def cancel(self, handle: str) -> None:
        """The end of a job that runs is not offered; where its deletion is refused it runs on."""
        await openai_jobs.cancel(self._server, VIDEOS, handle)

    async def _video(self, handle: str) -> _Video:
        async with asking_for(self._server):
            response = await self._server.get(path_to(VIDEOS, handle))
            require_no_page(response)
            return decoded(response.content, _Video)

    async def _chunks(self, handle: str) -> AsyncGenerator[bytes]:
        until = due_in(self._patience)
        async with asking_for(self._server, self._patience):
            response = await self._server.get(path_to(VIDEOS, handle, "content"), is_stream=True, accept="video/*")
        if response.headers.get("content-type", "").startswith(("text/", "application/json")):
            await response.aclose()
            raise Broken("The server answered without the video.")
        async with aclosing(file_in(response, until, MOST_VIDEO_BYTES)) as received:
            async for chunk in received:
                yield chunk


def _reference(inputs: tuple[InputFile, ...]) -> Files:
    if len(inputs) > 1:
        raise invalid_field("inputs", "A video begins with one picture at most.")
    return [
        ("input_reference", (f"picture.{each.media_type.rpartition('/')[2]}", each.data, each.media_type))
        for each in inputs
    ]


def _percent(told: Any) -> int | None:
    number = number_of(told)
    return None if number is None or not 0 <= number <= 100 else round(number)
