"""Reading stored workflows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation, Workflow
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.workflows.schemas import WorkflowOut, WorkflowSummary
from spoonfeeder.work import Work


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


def _shown(work: Work, *more: ColumnElement[Any]) -> Select[Any]:
    columns = [getattr(Workflow, name) for name in WorkflowSummary.model_fields if name != "thumbnail_url"]
    has_picture = (Workflow.thumbnail_url.is_not(None) | thumbnails_of(Workflow.id).exists()).label("has_picture")
    return visible(select(*columns, has_picture, *more), work.actor)


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


async def show(work: Work, workflow_id: UUID) -> WorkflowOut:
    """Raises WorkflowNotFound."""
    columns = Workflow.__table__.c
    statement = _shown(work, columns.workflow_json, columns.extracted_parameters).where(Workflow.id == workflow_id)
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        raise WorkflowNotFound
    return WorkflowOut(**row._mapping, thumbnail_url=_thumbnail_url(work, row))


async def get(work: Work, workflow_id: UUID, *, for_update: bool = False) -> Workflow:
    """Raises WorkflowNotFound."""
    statement = visible(select(Workflow), work.actor).where(Workflow.id == workflow_id)
    workflow = await work.session.scalar(statement.with_for_update() if for_update else statement)
    if workflow is None:
        raise WorkflowNotFound
    return workflow
