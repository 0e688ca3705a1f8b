"""Workflows as files that ComfyUI opens: JSON in either format, or a picture with both inside.

Pictures are written to a temporary file and sent from it in pieces.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Literal
from uuid import UUID

import orjson
from starlette.responses import Response, StreamingResponse

from spoonfeeder.comfy.metadata.writing import write
from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.media_response import content_disposition
from spoonfeeder.db.comfyui import Workflow
from spoonfeeder.features.workflows import queries, thumbnail
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.protocol import StorageMissing
from spoonfeeder.work import Work, open_work

WorkflowFormat = Literal["api", "original", "png"]
READ_BYTES = 256 * 1024


class NoOriginal(NotFound):
    """There is no editor's graph of this: it was imported in API format. Take that instead."""

    code = "NO_ORIGINAL_WORKFLOW"


async def workflow_file(runtime: Runtime, actor: User, workflow_id: UUID, form: WorkflowFormat) -> Response:
    """Raises WorkflowNotFound, NoOriginal."""
    async with open_work(runtime, actor) as work:
        workflow = await queries.get_whole(work, workflow_id)
        shown = await _thumbnail_of(work, workflow_id) if form == "png" else None
    if form == "png":
        return await _card(runtime, workflow, shown)
    text = workflow.workflow_json if form == "api" else workflow.original
    return json_file(text, workflow.name)


def json_file(text: str | None, name: str) -> Response:
    """Raises NoOriginal where there is no text."""
    if text is None:
        raise NoOriginal
    return Response(text, media_type="application/json", headers=_headers(f"{name}.json"))


async def picture_file(
    picture: bytes | Path, name: str, media_type: str, *, workflow: str | None, prompt: str | None
) -> Response:
    """A copy of the picture with these graphs inside. Raises NoPlaceForWorkflow, UnreadableFile."""
    file = await asyncio.to_thread(_embedded, picture, _loaded(workflow), _loaded(prompt))
    return StreamingResponse(_pieces(file), media_type=media_type, headers=_headers(name))


def _embedded(picture: bytes | Path, workflow: Mapping[str, Any] | None, prompt: Mapping[str, Any] | None) -> BinaryIO:
    with ExitStack() as stack:
        file = stack.enter_context(TemporaryFile())
        write(picture, file, workflow=workflow, prompt=prompt)
        file.seek(0)
        stack.pop_all()
    return file


def _loaded(text: str | None) -> Mapping[str, Any] | None:
    graph: Mapping[str, Any] | None = orjson.loads(text) if text else None
    return graph


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, READ_BYTES):
            yield piece


def _headers(filename: str) -> dict[str, str]:
    return {
        "Cache-Control": "private, no-store",
        "Content-Disposition": content_disposition(filename, attachment=True),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }


async def _thumbnail_of(work: Work, workflow_id: UUID) -> str | None:
    try:
        return (await thumbnail.find_picture(work, workflow_id)).thumbnail_key
    except NotFound:
        return None


def _png_of(thumbnail: Path) -> bytes:
    from spoonfeeder.storage.cards import png_of

    return png_of(thumbnail)


def _drawn(name: str) -> bytes:
    from spoonfeeder.storage.cards import card

    return card(name)


async def _card(runtime: Runtime, workflow: Workflow, shown: str | None) -> Response:
    """The workflow's own small picture, else one with its name."""
    picture: bytes | None = None
    if shown is not None:
        with suppress(StorageMissing, OSError):
            async with runtime.storage.local_file(shown) as path:
                picture = await asyncio.to_thread(_png_of, path)
    if picture is None:
        picture = await asyncio.to_thread(_drawn, workflow.name)
    graphs = {"workflow": workflow.original, "prompt": workflow.workflow_json}
    return await picture_file(picture, f"{workflow.name}.png", "image/png", **graphs)
