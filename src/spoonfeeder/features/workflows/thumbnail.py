"""The picture of a workflow: one that was set, else of its newest completed output, else the one it came in."""

from collections.abc import AsyncIterable
from uuid import UUID

from sqlalchemy import func, update

from spoonfeeder.core.actor import User
from spoonfeeder.core.vocabulary import MediaKind
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.media import service as media
from spoonfeeder.features.workflows import queries
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"})
PREFIX = "/api/media/"


class NotAPicture(media.FileTypeNotAllowed):
    """A thumbnail must be a PNG, JPEG, WebP, GIF or AVIF picture."""


class NoThumbnail(media.MediaNotFound):
    """This workflow has no picture yet."""


async def set_picture(runtime: Runtime, actor: User, workflow_id: UUID, chunks: AsyncIterable[bytes]) -> None:
    """Takes the place of an earlier one. Raises WorkflowNotFound, NotAPicture and what storages raise."""
    async with open_work(runtime, actor) as work:
        await queries.get(work, workflow_id)
    try:
        kept = await media.keep_upload(runtime, actor, chunks, "thumbnail", kind=MediaKind.THUMBNAIL, only=PICTURES)
    except media.FileTypeNotAllowed:
        raise NotAPicture from None
    async with open_work(runtime, actor) as work:
        work.session.add(kept)
        workflow = await queries.get(work, workflow_id, for_update=True)
        if workflow.thumbnail_url is not None:
            earlier = (Media.id == _id_in(workflow.thumbnail_url), Media.workspace_id == work.workspace_id)
            await work.session.execute(update(Media).where(*earlier).values(deleted_at=func.now()))
        workflow.thumbnail_url = f"{PREFIX}{kept.id}"
        await work.session.flush()
        work.tell_change("workflow", workflow_id, "updated")


async def find_picture(work: Work, workflow_id: UUID) -> Media:
    """Raises WorkflowNotFound, NoThumbnail."""
    workflow = await queries.get(work, workflow_id)
    if workflow.thumbnail_url is not None:
        return await media.get(work, _id_in(workflow.thumbnail_url))
    newest = visible(queries.thumbnails_of(workflow_id), work.actor)
    found = await work.session.scalar(newest.order_by(Generation.created_at.desc(), Media.position).limit(1))
    if found is None:
        found = await work.session.scalar(visible(queries.picture_of(workflow.source_media_id), work.actor))
    if found is None:
        raise NoThumbnail
    return found


def _id_in(url: str) -> UUID:
    return UUID(url.removeprefix(PREFIX))
