"""Reading stored workflows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select, tuple_
from sqlalchemy.orm import undefer

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation, Workflow
from spoonfeeder.db.media import Media
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles import comfyui
from spoonfeeder.features.profiles.service import ProfileNotFound
from spoonfeeder.features.workflows import nodes
from spoonfeeder.features.workflows.describing import describe
from spoonfeeder.features.workflows.schemas import NamedWorkflow, WorkflowOut, WorkflowSummary
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work


class WorkflowNotFound(NotFound):
    """This workflow does not exist."""

    code = "WORKFLOW_NOT_FOUND"


def thumbnails_of(workflow_id: Any) -> Select[Media]:
    """The files of the workflow's completed generations that have a thumbnail."""
    return (
        select(Media)
        .join(Generation, Media.generation_id == Generation.id)
        .where(
            Generation.workflow_id == workflow_id,
            Generation.status == GenerationStatus.COMPLETED,
            Generation.deleted_at.is_(None),
            Media.thumbnail_key.is_not(None),
        )
    )


def picture_of(media_id: Any) -> Select[Media]:
    """The file that a workflow came in, if it has a thumbnail."""
    return select(Media).where(Media.id == media_id, Media.thumbnail_key.is_not(None), Media.deleted_at.is_(None))


def _shown(work: Work, *more: ColumnElement[Any]) -> Select[Any]:
    columns = [getattr(Workflow, name) for name in WorkflowSummary.model_fields if name != "thumbnail_url"]
    shows_source = picture_of(Workflow.source_media_id).exists()
    has_picture = Workflow.thumbnail_url.is_not(None) | thumbnails_of(Workflow.id).exists() | shows_source
    return visible(select(*columns, has_picture.label("has_picture"), *more), work.actor)


def _thumbnail_url(work: Work, row: Row[Any]) -> str | None:
    if not row.has_picture:
        return None
    return work.runtime.signed_urls.sign(f"/api/comfyui/workflows/{row.id}/thumbnail", work.workspace_id)


async def list_workflows(work: Work, *, profile_id: UUID | None, limit: int) -> list[WorkflowSummary]:
    """The newest first."""
    statement = _shown(work).order_by(Workflow.created_at.desc(), Workflow.id.desc()).limit(limit)
    if profile_id is not None:
        statement = statement.where(Workflow.profile_id == profile_id)
    rows: Sequence[Row[Any]] = (await work.session.execute(statement)).all()
    return [WorkflowSummary(**row._mapping, thumbnail_url=_thumbnail_url(work, row)) for row in rows]


@dataclass(frozen=True, slots=True)
class Found:
    """A workflow's row, and the ComfyUI whose nodes its parameters are read with."""

    row: Row[Any]
    thumbnail_url: str | None
    profile: Profile | None
    duplicate_of: NamedWorkflow | None

    async def shown(self, object_info: dict[str, Any] | None, source: str) -> WorkflowOut:
        return await asyncio.to_thread(self._shown, object_info, source)

    def _shown(self, object_info: dict[str, Any] | None, source: str) -> WorkflowOut:
        columns = dict(self.row._mapping)
        stored = columns.pop("extracted_parameters")
        told = describe(columns["workflow_json"], columns.pop("original"), object_info, stored)
        source = "stored" if object_info is None else source
        shown = {"thumbnail_url": self.thumbnail_url, "duplicate_of": self.duplicate_of, "parameters_source": source}
        return WorkflowOut(**columns, **told, **shown)


async def show(work: Work, workflow_id: UUID) -> WorkflowOut:
    """With what is known of its ComfyUI, which is not asked. Raises WorkflowNotFound."""
    found = await _find(work, workflow_id, None)
    return await found.shown(nodes.known(work.runtime, found.profile), "cached")


async def show_live(runtime: Runtime, actor: User, workflow_id: UUID, profile_id: UUID | None) -> WorkflowOut:
    """With what its ComfyUI, or that of another profile, tells now, if it answers soon.

    Raises WorkflowNotFound, ProfileNotFound, NotComfyUI.
    """
    async with open_work(runtime, actor) as work:
        found = await _find(work, workflow_id, profile_id)
    live = await nodes.live(runtime, found.profile)
    if live is not None:
        return await found.shown(live, "live")
    return await found.shown(nodes.known(runtime, found.profile), "cached")


async def _find(work: Work, workflow_id: UUID, profile_id: UUID | None) -> Found:
    columns = Workflow.__table__.c
    has_original = columns.original.is_not(None).label("has_original")
    whole = (columns.workflow_json, columns.original, columns.extracted_parameters, columns.warnings, has_original)
    statement = _shown(work, *whole).where(Workflow.id == workflow_id)
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        raise WorkflowNotFound
    profile = await profile_of(work, row.profile_id, profile_id)
    return Found(row, _thumbnail_url(work, row), profile, await _duplicate_of(work, row))


async def _duplicate_of(work: Work, row: Row[Any]) -> NamedWorkflow | None:
    own = select(Workflow.content_sha256).where(Workflow.id == row.id).scalar_subquery()
    earlier = tuple_(Workflow.created_at, Workflow.id) < tuple_(row.created_at, row.id)
    same = visible(select(Workflow.id, Workflow.name), work.actor).where(Workflow.content_sha256 == own, earlier)
    found = (await work.session.execute(same.order_by(Workflow.created_at, Workflow.id).limit(1))).one_or_none()
    return None if found is None else NamedWorkflow(**found._mapping)


async def profile_of(work: Work, own: UUID | None, asked: UUID | None) -> Profile | None:
    """Where the workflow would run if that profile were asked for, or none."""
    try:
        return await comfyui.find_profile(work, asked or own)
    except (ProfileNotFound, comfyui.NotComfyUI):
        if asked is not None:
            raise
        return None


async def get(work: Work, workflow_id: UUID, *, for_update: bool = False) -> Workflow:
    """Raises WorkflowNotFound."""
    statement = visible(select(Workflow), work.actor).where(Workflow.id == workflow_id)
    workflow = await work.session.scalar(statement.with_for_update(key_share=True) if for_update else statement)
    if workflow is None:
        raise WorkflowNotFound
    return workflow


async def get_whole(work: Work, workflow_id: UUID) -> Workflow:
    """With its graphs. Raises WorkflowNotFound."""
    graphs = (undefer(Workflow.workflow_json), undefer(Workflow.original))
    statement = visible(select(Workflow), work.actor).where(Workflow.id == workflow_id).options(*graphs)
    workflow = await work.session.scalar(statement)
    if workflow is None:
        raise WorkflowNotFound
    return workflow
