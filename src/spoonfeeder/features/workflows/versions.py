"""What a workflow was: each change of its graph or of its default parameters is kept as a numbered version."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, insert, literal, select
from sqlalchemy.orm import undefer

from spoonfeeder.comfy.graph import parse
from spoonfeeder.core.errors import NotFound
from spoonfeeder.db.comfyui import Generation, Workflow, WorkflowVersion
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.workflows import differences, queries
from spoonfeeder.features.workflows.version_schemas import Difference, VersionOut, VersionSummary
from spoonfeeder.work import Work

MOST_KEPT = 200
"""Beyond these the oldest go, unless a generation points at them."""
CONTENT = (
    *("workflow_json", "original", "content_sha256"),
    *("default_parameters", "extracted_parameters", "warnings"),
)


class VersionNotFound(NotFound):
    """This workflow has no such version."""

    code = "WORKFLOW_VERSION_NOT_FOUND"


async def keep(work: Work, workflow_id: UUID, number: int) -> None:
    """Copies the workflow as it stands in the database; its row is locked by the caller, or new."""
    columns = Workflow.__table__.c
    copied = select(
        literal(work.workspace_id).label("workspace_id"),
        columns.id.label("workflow_id"),
        columns.version.label("number"),
        literal(work.user.user_id, WorkflowVersion.created_by.type).label("created_by"),
        *(columns[name] for name in CONTENT),
    ).where(columns.id == workflow_id)
    names = ["workspace_id", "workflow_id", "number", "created_by", *CONTENT]
    await work.session.execute(insert(WorkflowVersion).from_select(names, copied, include_defaults=False))
    if number > MOST_KEPT:
        await _forget_some(work, workflow_id, number - MOST_KEPT)


async def _forget_some(work: Work, workflow_id: UUID, last: int) -> None:
    used = select(Generation.id).where(Generation.workflow_version_id == WorkflowVersion.id)
    old = (WorkflowVersion.workflow_id == workflow_id, WorkflowVersion.number <= last, ~used.exists())
    await work.session.execute(delete(WorkflowVersion).where(*old).execution_options(synchronize_session=False))


def _shown(work: Work, workflow_id: UUID, *more: Any) -> Select[Any]:
    columns = WorkflowVersion.__table__.c
    names = ("number", "content_sha256", "default_parameters", "created_by", "created_at")
    statement = select(
        *(getattr(WorkflowVersion, name) for name in names),
        columns.original.is_not(None).label("has_original"),
        (WorkflowVersion.number == Workflow.version).label("is_current"),
        *(columns[name] for name in more),
    )
    joined = statement.join(Workflow, Workflow.id == WorkflowVersion.workflow_id)
    return visible(joined, work.actor).where(WorkflowVersion.workflow_id == workflow_id)


async def list_versions(work: Work, workflow_id: UUID, limit: int) -> list[VersionSummary]:
    """The newest first. Raises WorkflowNotFound."""
    await queries.get(work, workflow_id)
    newest = _shown(work, workflow_id).order_by(WorkflowVersion.number.desc()).limit(limit)
    rows: Sequence[Row[Any]] = (await work.session.execute(newest)).all()
    return [VersionSummary(**row._mapping) for row in rows]


async def show(work: Work, workflow_id: UUID, number: int) -> VersionOut:
    """Raises WorkflowNotFound, VersionNotFound."""
    await queries.get(work, workflow_id)
    whole = _shown(work, workflow_id, "workflow_json", "original", "extracted_parameters", "warnings")
    row = (await work.session.execute(whole.where(WorkflowVersion.number == number))).one_or_none()
    if row is None:
        raise VersionNotFound
    return VersionOut(**row._mapping)


async def compare(work: Work, workflow_id: UUID, before: int | None, after: int | None) -> Difference:
    """From the version before `after`, and to the newest, unless told otherwise.

    Raises WorkflowNotFound, VersionNotFound.
    """
    workflow = await queries.get(work, workflow_id)
    last = workflow.version if after is None else after
    first = max(1, last - 1) if before is None else before
    one, other = await get(work, workflow_id, first), await get(work, workflow_id, last)
    return await asyncio.to_thread(_difference, one, other)


def _difference(one: WorkflowVersion, other: WorkflowVersion) -> Difference:
    before, after = parse(one.workflow_json), parse(other.workflow_json)
    return Difference(
        before=one.number,
        after=other.number,
        added=differences.added(before, after),
        removed=differences.added(after, before),
        changed=differences.changed(before, after),
        default_parameters=list(differences.value_changes(one.default_parameters, other.default_parameters)),
    )


async def get(work: Work, workflow_id: UUID, number: int) -> WorkflowVersion:
    """With its graphs. Raises VersionNotFound."""
    wanted = (WorkflowVersion.workflow_id == workflow_id, WorkflowVersion.number == number)
    statement = visible(select(WorkflowVersion), work.actor).where(*wanted)
    graphs = (undefer(WorkflowVersion.workflow_json), undefer(WorkflowVersion.original))
    version = await work.session.scalar(statement.options(*graphs))
    if version is None:
        raise VersionNotFound
    return version


async def return_to(work: Work, workflow_id: UUID, number: int) -> None:
    """Makes that version's content the newest, as a new version unless it is the same as now.

    Raises WorkflowNotFound, VersionNotFound.
    """
    workflow = await queries.get(work, workflow_id, for_update=True)
    version = await get(work, workflow_id, number)
    await work.session.refresh(workflow, ["original"])
    if content_of(workflow) == content_of(version):
        return
    for name in CONTENT:
        setattr(workflow, name, getattr(version, name))
    workflow.version += 1
    await work.session.flush()
    await keep(work, workflow_id, workflow.version)
    work.tell_change("workflow", workflow_id, "updated")


def content_of(row: Workflow | WorkflowVersion) -> tuple[str | None, dict[str, Any], str | None]:
    """What makes two versions the same; `original` must be loaded."""
    return row.content_sha256, row.default_parameters, row.original
