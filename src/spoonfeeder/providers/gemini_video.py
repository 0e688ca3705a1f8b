"""Videos by Gemini: an interaction in the background, whose id is the handle, and a file at Google's that it made."""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

import httpx2
import msgspec
import orjson

from spoonfeeder.core.errors import Invalid, invalid_field
from spoonfeeder.providers import gemini_interactions as wire
from spoonfeeder.providers.base import Connection, Picture
from spoonfeeder.providers.errors import Broken, Failed, JobMissing, option_not_supported
from spoonfeeder.providers.gemini_generation import require_sendable_size
from spoonfeeder.providers.gemini_rest import Refused, Rest
from spoonfeeder.providers.media import (
    MOST_REPLY_BYTES,
    MOST_VIDEO_BYTES,
    Look,
    Made,
    MadeFile,
    MediaRequest,
    of_bytes,
    patience,
    require_handle,
)
from spoonfeeder.providers.pictures import encoded, from_base64
from spoonfeeder.providers.sdk_http import decoded
from spoonfeeder.providers.streaming import due_in

SHORT_REPLY_BYTES = 1024 * 1024
LOOK_SECONDS = 60.0
_FILE = re.compile(r"files/([A-Za-z0-9_-]{1,100})")


class Wishes(msgspec.Struct, forbid_unknown_fields=True):
    """The options: Google's own names, and `seconds` beside its `duration` ("8s")."""

    aspect_ratio: str | None = None
    duration: str | None = None
    resolution: str | None = None
    seconds: int | float | None = None
    seed: int | None = None
    task: str | None = None


class GeminiVideo:
    DEFAULT_MODEL: ClassVar[str] = "gemini-omni-1.1-flash"
    """The newest whose price is known, so that budgets count it."""

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._api_key = connection.api_key
        self._rest = Rest(connection, http)
        self._patience = patience(connection)

    async def start(self, request: MediaRequest) -> str:
        asked = await asyncio.to_thread(_asked, request, _wishes(request.options))
        due = due_in(self._patience)
        try:
            told = await self._rest.ask(
                "POST", "/interactions", asked, due=due, most_bytes=MOST_REPLY_BYTES, model=request.model
            )
        except Refused as refused:
            raise refused.error from None
        return require_handle((await asyncio.to_thread(decoded, told, wire.Interaction)).id)

    async def look(self, handle: str) -> Look:
        told = await self._interaction(handle)
        if told.status not in wire.ENDED:
            return Look(is_done=False)
        video = told.video
        if video is None:
            raise wire.verdict(told, self._api_key)
        return Look(is_done=not video.uri or await self._is_stored(_file_id(video.uri)))

    async def collect(self, handle: str, request: MediaRequest) -> Made:
        told = await self._interaction(handle)
        video = told.video
        if video is None:
            raise wire.verdict(told, self._api_key)
        wishes = _wishes(request.options)
        details = {
            "count": 1,
            "aspect_ratio": wishes.aspect_ratio,
            "resolution": wishes.resolution,
            "seconds": wishes.seconds,
            **wire.shares_of(told.usage),
        }
        return Made(
            model=told.model or request.model,
            text=told.text or None,
            files=(await self._file(video),),
            usage=wire.usage_of(told.usage),
            details={name: value for name, value in details.items() if value is not None},
        )

    async def cancel(self, handle: str) -> None:
        try:
            await self._rest.ask(
                "POST", f"{_path(handle)}/cancel", due=due_in(LOOK_SECONDS), most_bytes=MOST_REPLY_BYTES
            )
        except Refused as refused:
            if refused.error.retryable:
                raise refused.error from None

    async def _interaction(self, handle: str) -> wire.Interaction:
        try:
            told = await self._rest.ask("GET", _path(handle), due=due_in(LOOK_SECONDS), most_bytes=MOST_REPLY_BYTES)
        except Refused as refused:
            raise JobMissing if refused.is_gone else refused.error from None
        interaction = await asyncio.to_thread(decoded, told, wire.Interaction)
        if not interaction.status:
            raise Broken
        return interaction

    async def _is_stored(self, file_id: str) -> bool:
        """Whether the file can be fetched; where Google refuses to tell, the download itself will."""
        try:
            told = await self._rest.ask(
                "GET", f"/files/{file_id}", due=due_in(LOOK_SECONDS), most_bytes=SHORT_REPLY_BYTES
            )
        except Refused as refused:
            if refused.error.retryable:
                raise refused.error from None
            return True
        state = decoded(told, wire.StoredFile).state
        if state == "FAILED":
            failed = Failed("Google could not store the video that was made.")
            failed.job_ended = True
            raise failed
        return state != "PROCESSING"

    async def _file(self, video: wire.Content) -> MadeFile:
        media_type = video.mime_type or "video/mp4"
        if not video.uri:
            return of_bytes(media_type, await asyncio.to_thread(from_base64, video.data or ""))
        file_id = _file_id(video.uri)
        return MadeFile(media_type, lambda: self._download(file_id))

    def _download(self, file_id: str) -> AsyncGenerator[bytes]:
        path = f"/files/{file_id}:download?alt=media"
        return self._rest.download(path, due=due_in(self._patience), most_bytes=MOST_VIDEO_BYTES)


def _wishes(options: Mapping[str, Any]) -> Wishes:
    """Raises Invalid (422), naming the option that Gemini does not take."""
    for name, value in options.items():
        if name not in Wishes.__struct_fields__:
            raise option_not_supported(name, "Gemini")
        try:
            msgspec.convert({name: value}, Wishes)
        except msgspec.ValidationError:
            raise _not_taken(name) from None
    wishes = msgspec.convert(dict(options), Wishes)
    if wishes.seconds is not None and not 0 < wishes.seconds <= 3600:
        raise _not_taken("seconds")
    return wishes


def _not_taken(name: str) -> Invalid:
    return invalid_field(f"options.{name}", f'Gemini does not take this value for "{name}".')


def _asked(request: MediaRequest, wishes: Wishes) -> bytes:
    """The video is to be stored at Google's, which would send but 4 MiB within the answer."""
    require_sendable_size(request.inputs)
    inputs = [
        {
            "type": each.media_type.partition("/")[0],
            "mime_type": each.media_type,
            "data": encoded(Picture(each.media_type, each.data)),
        }
        for each in request.inputs
    ]
    duration = wishes.duration or (None if wishes.seconds is None else f"{wishes.seconds:g}s")
    shape = {"aspect_ratio": wishes.aspect_ratio, "duration": duration, "resolution": wishes.resolution}
    asked: dict[str, Any] = {
        "model": request.model,
        "input": [{"type": "user_input", "content": [*inputs, {"type": "text", "text": request.prompt}]}],
        "response_format": {"type": "video", "delivery": "uri", **_given(shape)},
        "background": True,
        "store": True,
    }
    if config := _given({"seed": wishes.seed, "video_config": wishes.task and {"task": wishes.task}}):
        asked["generation_config"] = config
    return orjson.dumps(asked)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _file_id(uri: str) -> str:
    """Google's addresses are not followed, only the file is asked for by its name. Raises Broken."""
    found = _FILE.search(uri)
    if found is None:
        raise Broken("The server made a video, but tells no file of its own that it lies in.")
    return found[1]


def _path(handle: str) -> str:
    return f"/interactions/{quote(handle, safe='')}"
