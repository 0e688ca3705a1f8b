"""Stored workflows: imported, changed, hidden and brought back."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from spoonfeeder.comfy.graph import Graph, parse
from spoonfeeder.comfy.plan import check
from spoonfeeder.core.errors import Conflict
from spoonfeeder.core.lossless import lossless
from spoonfeeder.db.comfyui import Session, Workflow
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.media import Media
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.auth.undo import hide, show_again
from spoonfeeder.features.media.service import plain_name
from spoonfeeder.features.workflows import defaults, nodes, queries, versions
from spoonfeeder.features.workflows.reading import ReadWorkflow
from spoonfeeder.features.workflows.schemas import WorkflowDetails, WorkflowPatch
from spoonfeeder.work import Work

DEFAULTS = "default_parameters"
WRAPPERS = ("default_parameters", "defaultParameters", "parameters")


class ChangedMeanwhile(Conflict):
    """Somebody else has just moved this workflow or made it the default; look at it and try again."""

    code = "CHANGED_MEANWHILE"


async def create(work: Work, data: WorkflowDetails, read: ReadWorkflow, source: Media | None = None) -> UUID:
    """`source` is the file that the graph was in. Raises Invalid."""
    object_info = await _known_objects(work, data.profile_id)
    check(read.graph, data.default_parameters, object_info, at=DEFAULTS)
    if data.is_default:
        await defaults.make_room(work, data.profile_id)
    if source is not None:
        work.session.add(source)
    workflow = Workflow(
        id=uuid4(),
        workspace_id=work.workspace_id,
        profile_id=data.profile_id,
        name=data.name or f"Workflow {datetime.now(UTC):%Y-%m-%d %H:%M}",
        description=data.description,
        default_parameters=lossless(data.default_parameters),
        is_default=data.is_default,
        source_media_id=source.id if source is not None else None,
        **read.columns(),
    )
    work.session.add(workflow)
    await work.session.flush()
    await versions.keep(work, workflow.id, workflow.version)
    work.tell_change("workflow", workflow.id, "created")
    return workflow.id


async def update_workflow(work: Work, workflow_id: UUID, data: WorkflowPatch, read: ReadWorkflow | None = None) -> None:
    """`read` is the graph of `data`, if it has one. Raises WorkflowNotFound, Invalid."""
    given = data.model_dump(exclude_unset=True, exclude={"workflow_json"})
    before = await place_of(work, workflow_id)
    profile_id = given.get("profile_id", before.profile_id)
    object_info = await _known_objects(work, profile_id)
    moves_as_default = before.is_default and profile_id != before.profile_id
    if given.get("is_default", moves_as_default):
        await defaults.make_room(work, profile_id, workflow_id)
        given["is_default"] = True
    workflow = await queries.get(work, workflow_id, for_update=True)
    _require_unmoved(workflow, given, profile_id)
    if read is not None:
        given |= _graph_columns(workflow, read)
    if "default_parameters" in given:
        graph = read.graph if read is not None else await _graph(work, workflow_id)
        check(graph, given["default_parameters"], object_info, at=DEFAULTS)
        given["default_parameters"] = lossless(given["default_parameters"])
    await _change(work, workflow, given)


def _require_unmoved(workflow: Workflow, given: dict[str, Any], expected: UUID | None) -> None:
    """Room for the mark was made in the profile that was read before the lock."""
    profile_id = given.get("profile_id", workflow.profile_id)
    takes_mark = workflow.is_default and profile_id != workflow.profile_id and "is_default" not in given
    if takes_mark or profile_id != expected:
        raise ChangedMeanwhile


def _graph_columns(workflow: Workflow, read: ReadWorkflow) -> dict[str, Any]:
    """A graph that is sent back as it was shown does not lose the editor's, which it was converted from."""
    kept = {"source_kind"}
    if read.original is None and read.sha256 == workflow.content_sha256:
        kept |= {"original", "warnings"}
    return {name: value for name, value in read.columns().items() if name not in kept}


async def _change(work: Work, workflow: Workflow, columns: dict[str, Any]) -> None:
    """Keeps a new version where the graph, the editor's or the default parameters are others now."""
    await work.session.refresh(workflow, ["original"])
    before = versions.content_of(workflow)
    for name, value in columns.items():
        setattr(workflow, name, value)
    is_other = versions.content_of(workflow) != before
    workflow.version += is_other
    await work.session.flush()
    if is_other:
        await versions.keep(work, workflow.id, workflow.version)
    work.tell_change("workflow", workflow.id, "updated")


async def merge_parameters(work: Work, workflow_id: UUID, body: dict[str, Any]) -> None:
    """Sets the named default parameters; null takes one away. Raises WorkflowNotFound, Invalid."""
    workflow = await queries.get(work, workflow_id, for_update=True)
    changed = workflow.default_parameters | _bare(body)
    merged = {name: value for name, value in changed.items() if value is not None}
    object_info = await _known_objects(work, workflow.profile_id)
    check(await _graph(work, workflow_id), merged, object_info, at=DEFAULTS)
    await _change(work, workflow, {"default_parameters": lossless(merged)})


def _bare(body: dict[str, Any]) -> dict[str, Any]:
    """Clients send the parameters as they are, or under one of these names."""
    wrapped = [body[name] for name in WRAPPERS if isinstance(body.get(name), dict)]
    return wrapped[0] if wrapped and len(body) == 1 else body


async def delete(work: Work, workflow_id: UUID) -> None:
    """Hides the workflow; its generations keep their own snapshot. Raises WorkflowNotFound."""
    await queries.get(work, workflow_id)
    mine = Session.workspace_id == work.workspace_id
    selected = await lock_rows(work.session, Session, Session.current_workflow_id == workflow_id, mine)
    unselect = update(Session).where(selected).values(current_workflow_id=None, updated_at=Session.updated_at)
    await work.session.execute(unselect)
    await hide(work, Workflow, workflow_id)
    work.tell_change("workflow", workflow_id, "deleted")
    await record(work, Action.WORKFLOW_DELETED, "workflow", workflow_id)


async def restore(work: Work, workflow_id: UUID) -> None:
    """Brings back what was deleted in the last 7 days, unless its profile is gone too. Raises NothingToRestore."""
    profile_is_there = select(Profile.id).where(Profile.id == Workflow.profile_id, Profile.deleted_at.is_(None))
    await show_again(work, Workflow, workflow_id, Workflow.profile_id.is_(None) | profile_is_there.exists())
    work.tell_change("workflow", workflow_id, "restored")
    await record(work, Action.WORKFLOW_RESTORED, "workflow", workflow_id)


def name_of_file(filename: str | None) -> str | None:
    """A name for the workflow of an uploaded file, None where the file has no usable one."""
    plain = plain_name(filename or "")
    stem, dot, ending = plain.rpartition(".")
    return (stem if dot and ending.isalnum() else plain).strip() or None


async def place_of(work: Work, workflow_id: UUID) -> Any:
    columns = visible(select(Workflow.profile_id, Workflow.is_default), work.actor)
    row = (await work.session.execute(columns.where(Workflow.id == workflow_id))).one_or_none()
    if row is None:
        raise queries.WorkflowNotFound
    return row


async def _graph(work: Work, workflow_id: UUID) -> Graph:
    stored = await work.session.scalar(select(Workflow.__table__.c.workflow_json).where(Workflow.id == workflow_id))
    return await asyncio.to_thread(parse, stored)


async def _known_objects(work: Work, profile_id: UUID | None) -> dict[str, Any] | None:
    """Of the workflow's own profile. Raises Invalid for one that is no ComfyUI of the workspace."""
    if profile_id is None:
        return None
    return nodes.known(work.runtime, await nodes.profile_for(work, profile_id))
