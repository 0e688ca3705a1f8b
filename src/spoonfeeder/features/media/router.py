"""Uploads, kept files by id, and `/api/comfyui/image/{filename}` for clients that know only names."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Query, Request, UploadFile
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok, failures
from spoonfeeder.features.auth.depends import MediaActor, MediaWork, RuntimeDep, WriteActor
from spoonfeeder.features.media import by_name, service
from spoonfeeder.features.media.schemas import MediaOut
from spoonfeeder.features.media.serving import open_media
from spoonfeeder.work import open_work

router = Router(prefix="/api", tags=["media"])

BYTES = {"schema": {"type": "string", "format": "binary"}}
KINDS = ("image/*", "video/*", "audio/*", "application/octet-stream")
SERVED: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        200: {"content": dict.fromkeys(KINDS, BYTES)},
        206: {"content": dict.fromkeys(KINDS, BYTES), "description": "The range that was asked for"},
        304: {"description": "Unchanged"},
        **failures(416),
    },
}


@router.post("/comfyui/uploads", status_code=201, responses=failures(507))
async def upload_file(
    runtime: RuntimeDep,
    actor: WriteActor,
    file: Annotated[UploadFile | SkipJsonSchema[None], File(description="The file")] = None,
    image: Annotated[
        UploadFile | SkipJsonSchema[None], File(description="The same, by the name ComfyUI's clients use")
    ] = None,
) -> Ok[MediaOut]:
    given = file or image
    if given is None:
        raise invalid_field("file", "Send one file as multipart/form-data in the field 'file'.", code="missing")
    kept = await service.keep_upload(runtime, actor, service.chunks_of(given), given.filename or "")
    async with open_work(runtime, actor) as work:
        work.session.add(kept)
    return Ok(data=service.shown(runtime, kept))


@router.get("/media/{media_id}", **SERVED)
async def get_media(work: MediaWork, request: Request, media_id: UUID, download: bool = False) -> Response:
    media = await service.get(work, media_id)
    await work.end_early()
    return await open_media(work.runtime, request, media, download=download)


@router.get("/media/{media_id}/thumbnail", **SERVED)
async def get_media_thumbnail(work: MediaWork, request: Request, media_id: UUID) -> Response:
    media = await service.get(work, media_id)
    await work.end_early()
    return await open_media(work.runtime, request, media, thumbnail=True)


@router.get("/comfyui/image/{filename}", **SERVED)
async def get_image_by_name(
    runtime: RuntimeDep,
    actor: MediaActor,
    request: Request,
    filename: str,
    subfolder: Annotated[str | None, Query(max_length=500)] = None,
    place: Annotated[str | None, Query(alias="type", max_length=20)] = None,
    profile_id: UUID | None = None,
    download: bool = False,
) -> Response:
    wanted = by_name.Wanted(filename, subfolder or None, place or None, profile_id)
    media = await by_name.find(runtime, actor, wanted)
    return await open_media(runtime, request, media, download=download)
