"""A generation as a file that ComfyUI opens: its graph in either format, or one of its pictures with both inside."""

import asyncio
from contextlib import suppress
from typing import Literal
from uuid import UUID

import orjson
from starlette.responses import Response

from spoonfeeder.comfy.files import UPLOAD_PREFIX
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import Invalid
from spoonfeeder.db.media import Media
from spoonfeeder.features.generations import queries
from spoonfeeder.features.generations.authored import as_it_ran, original_of
from spoonfeeder.features.generations.media_router import find_output
from spoonfeeder.features.generations.submission import pushed_name
from spoonfeeder.features.generations.uploads import find_uploads, with_names
from spoonfeeder.features.workflows.export import json_file, picture_file
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

GenerationFormat = Literal["api", "original", "picture"]


async def generation_file(
    runtime: Runtime, actor: User, generation_id: UUID, form: GenerationFormat, index: int
) -> Response:
    """Raises GenerationNotFound, MediaNotFound, NoOriginal, NoPlaceForWorkflow, UnreadableFile."""
    async with open_work(runtime, actor) as work:
        row = await queries.get(work, generation_id, snapshot=True)
        drawn = await original_of(work, row.workflow_version_id) if form != "api" else None
        media = await find_output(work, generation_id, index) if form == "picture" else None
        snapshot = await _with_pushed_names(work, row.workflow_json_snapshot or "{}")
    name = f"generation-{generation_id}"
    if form == "api":
        return json_file(snapshot, name)
    objects = runtime.backends.known_objects(row.backend_url or "")
    ran = await asyncio.to_thread(_ran, drawn, snapshot, objects)
    if media is None:
        return json_file(ran or drawn, name)
    return await _picture(runtime, media, ran, snapshot)


async def _with_pushed_names(work: Work, snapshot: str) -> str:
    """Uploads as ComfyUI has them in its input folder since the run; those that are gone here keep our reference."""
    if UPLOAD_PREFIX not in snapshot:
        return snapshot
    graph = orjson.loads(snapshot)
    with suppress(Invalid):
        uploads = await find_uploads(work, graph)
        graph = with_names(graph, {place: pushed_name(media) for place, media in uploads.items()})
    return orjson.dumps(graph).decode()


def _ran(drawn: str | None, snapshot: str, object_info: ObjectInfo | None) -> str | None:
    """CPU work."""
    ran = as_it_ran(drawn, orjson.loads(snapshot), object_info) if drawn is not None else None
    return None if ran is None else orjson.dumps(ran).decode()


async def _picture(runtime: Runtime, media: Media, workflow: str | None, snapshot: str) -> Response:
    async with runtime.storage.local_file(media.storage_key) as path:
        return await picture_file(path, media.filename, media.media_type, workflow=workflow, prompt=snapshot)
