"""The pictures of a generation: its outputs, their thumbnails, and the preview while it runs."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request
from sqlalchemy import select
from starlette.responses import Response

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.routing import Router
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.auth.depends import MediaWork
from spoonfeeder.features.generations import queries
from spoonfeeder.features.media import service as media
from spoonfeeder.features.media.router import SERVED
from spoonfeeder.features.media.serving import open_media
from spoonfeeder.work import Work

router = Router(prefix="/api/comfyui/generations/{generation_id}", tags=["generations"])
Position = Annotated[int, Path(ge=0, le=10_000)]


class NoPreview(NotFound):
    """There is no preview: the generation does not run, or ComfyUI makes none."""

    code = "NO_PREVIEW"


async def find_output(work: Work, generation_id: UUID, position: int) -> Media:
    """Raises GenerationNotFound, MediaNotFound."""
    known = visible(select(Generation.id), work.actor).where(Generation.id == generation_id)
    if await work.session.scalar(known) is None:
        raise queries.GenerationNotFound
    found = media.reachable(work).where(Media.generation_id == generation_id, Media.position == position)
    row = await work.session.scalar(found)
    if row is None:
        raise media.MediaNotFound
    return row


@router.get("/outputs/{position}", **SERVED)
async def get_output(
    work: MediaWork,
    request: Request,
    generation_id: UUID,
    position: Position,
    download: Annotated[bool, Query()] = False,
) -> Response:
    row = await find_output(work, generation_id, position)
    await work.end_early()
    return await open_media(work.runtime, request, row, download=download)


@router.get("/outputs/{position}/thumbnail", **SERVED)
async def get_output_thumbnail(work: MediaWork, request: Request, generation_id: UUID, position: Position) -> Response:
    row = await find_output(work, generation_id, position)
    await work.end_early()
    return await open_media(work.runtime, request, row, thumbnail=True)


@router.get("/preview", response_class=Response)
async def get_preview(work: MediaWork, generation_id: UUID) -> Response:
    """The newest picture in the making, for a minute after it came; `?n=` only makes the URL of a newer one differ."""
    await queries.get(work, generation_id)
    preview = await work.runtime.live.get_preview(generation_id)
    if preview is None:
        raise NoPreview
    kind = preview.media_type if preview.media_type in {"image/jpeg", "image/png"} else "application/octet-stream"
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(preview.image, media_type=kind, headers=headers)
