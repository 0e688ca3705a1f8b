"""Stored workflows: imported, changed, hidden and brought back."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update

from spoonfeeder.comfy.graph import Graph, parse
from spoonfeeder.comfy.plan import check
from spoonfeeder.core.errors import Conflict, invalid_field
from spoonfeeder.core.lossless import lossless
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.db.comfyui import Session, Workflow
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.media.service import plain_name
from spoonfeeder.features.workflows import defaults, queries
from spoonfeeder.features.workflows.reading import ReadWorkflow, read_workflow
from spoonfeeder.features.workflows.schemas import WorkflowInput, WorkflowPatch
from spoonfeeder.work import Work

UNDO = text("interval '7 days'")
DEFAULTS = "default_parameters"
WRAPPERS = ("default_parameters", "defaultParameters", "parameters")


class NothingToRestore(Conflict):
    """This was not deleted in the last 7 days; there is nothing to restore."""

    code = "NOTHING_TO_RESTORE"


async def create(work: Work, data: WorkflowInput) -> UUID:
    """Raises GraphError, Invalid."""
    object_info = await _known_objects(work, data.profile_id)
    read = await asyncio.to_thread(read_workflow, data.workflow_json, object_info)
    check(read.graph, data.default_parameters, object_info, at=DEFAULTS)
    if data.is_default:
        await defaults.make_room(work, data.profile_id)
    workflow = Workflow(
        id=uuid4(),
        workspace_id=work.workspace_id,
        profile_id=data.profile_id,
        name=data.name or f"Workflow {datetime.now(UTC):%Y-%m-%d %H:%M}",
        description=data.description,
        default_parameters=lossless(data.default_parameters),
        is_default=data.is_default,
        **_kept(read),
    )
    work.session.add(workflow)
    await work.session.flush()
    work.tell_change("workflow", workflow.id, "created")
    return workflow.id


def _kept(read: ReadWorkflow) -> dict[str, Any]:
    return {"workflow_json": read.text, "content_sha256": read.sha256, "extracted_parameters": read.extracted}


async def update_workflow(work: Work, workflow_id: UUID, data: WorkflowPatch) -> None:
    """Raises WorkflowNotFound, GraphError, Invalid."""
    given = data.model_dump(exclude_unset=True)
    before = await _place_of(work, workflow_id)
    profile_id = given.get("profile_id", before.profile_id)
    object_info = await _known_objects(work, profile_id)
    moves_as_default = before.is_default and profile_id != before.profile_id
    if given.get("is_default", moves_as_default):
        await defaults.make_room(work, profile_id, workflow_id)
        given["is_default"] = True
    workflow = await queries.get(work, workflow_id, for_update=True)
    source = given.pop("workflow_json", None)
    if source is not None:
        read = await asyncio.to_thread(read_workflow, source, object_info)
        given |= _kept(read)
    if "default_parameters" in given:
        graph = read.graph if source is not None else await _graph(work, workflow_id)
        check(graph, given["default_parameters"], object_info, at=DEFAULTS)
        given["default_parameters"] = lossless(given["default_parameters"])
    for name, value in given.items():
        setattr(workflow, name, value)
    await work.session.flush()
    work.tell_change("workflow", workflow_id, "updated")


async def merge_parameters(work: Work, workflow_id: UUID, body: dict[str, Any]) -> None:
    """Sets the named default parameters; null takes one away. Raises WorkflowNotFound, Invalid."""
    workflow = await queries.get(work, workflow_id, for_update=True)
    changed = workflow.default_parameters | _bare(body)
    merged = {name: value for name, value in changed.items() if value is not None}
    object_info = await _known_objects(work, workflow.profile_id)
    check(await _graph(work, workflow_id), merged, object_info, at=DEFAULTS)
    workflow.default_parameters = lossless(merged)
    await work.session.flush()
    work.tell_change("workflow", workflow_id, "updated")


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
    hide = update(Workflow).where(Workflow.id == workflow_id, Workflow.deleted_at.is_(None))
    await work.session.execute(hide.values(deleted_at=func.now(), updated_at=Workflow.updated_at))
    work.tell_change("workflow", workflow_id, "deleted")
    await record(work, Action.WORKFLOW_DELETED, "workflow", workflow_id)


async def restore(work: Work, workflow_id: UUID) -> None:
    """Brings back what was deleted in the last 7 days, unless its profile is gone too. Raises NothingToRestore."""
    profile_is_there = select(Profile.id).where(Profile.id == Workflow.profile_id, Profile.deleted_at.is_(None))
    recent = (
        Workflow.id == workflow_id,
        Workflow.workspace_id == work.workspace_id,
        Workflow.deleted_at > func.now() - UNDO,
        Workflow.profile_id.is_(None) | profile_is_there.exists(),
    )
    show_again = update(Workflow).where(*recent).values(deleted_at=None, updated_at=Workflow.updated_at)
    if (await work.session.execute(show_again.returning(Workflow.id))).one_or_none() is None:
        raise NothingToRestore
    work.tell_change("workflow", workflow_id, "restored")
    await record(work, Action.WORKFLOW_RESTORED, "workflow", workflow_id)


def name_of_file(filename: str | None) -> str | None:
    """A name for the workflow of an uploaded file, None where the file has no usable one."""
    plain = plain_name(filename or "").removesuffix(".json").strip()
    return plain or None


async def _place_of(work: Work, workflow_id: UUID) -> Any:
    columns = visible(select(Workflow.profile_id, Workflow.is_default), work.actor)
    row = (await work.session.execute(columns.where(Workflow.id == workflow_id))).one_or_none()
    if row is None:
        raise queries.WorkflowNotFound
    return row


async def _graph(work: Work, workflow_id: UUID) -> Graph:
    stored = await work.session.scalar(select(Workflow.__table__.c.workflow_json).where(Workflow.id == workflow_id))
    return await asyncio.to_thread(parse, stored)


async def _known_objects(work: Work, profile_id: UUID | None) -> dict[str, Any] | None:
    """What is known of the nodes of the profile's ComfyUI. Raises Invalid for a profile that is none of its."""
    if profile_id is None:
        return None
    mine = visible(select(Profile), work.actor).where(Profile.provider == Provider.COMFYUI)
    profile = await work.session.scalar(mine.where(Profile.id == profile_id))
    if profile is None:
        raise invalid_field("profile_id", "This is not one of your ComfyUI profiles.", code="unknown_id")
    return work.runtime.backends.known_objects(profile.url or "")
