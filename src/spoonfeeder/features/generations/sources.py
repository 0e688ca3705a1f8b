"""What a generation is made from: the graph, its defaults, and the ComfyUI that will run it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import undefer

from spoonfeeder.comfy.graph import Graph, parse
from spoonfeeder.core.errors import AppError, invalid_field
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Session, Workflow, WorkflowVersion
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles.comfyui import ComfyUIRequired, NotComfyUI, find_profile
from spoonfeeder.features.profiles.service import ProfileNotFound
from spoonfeeder.work import Work


class NoWorkflow(AppError):
    """Choose a workflow: give workflow_id or workflow_json, or select one in the session."""

    status = 422
    code = "WORKFLOW_REQUIRED"


Versioned = tuple[Workflow | None, UUID | None]
"""A workflow with the id of its newest version."""
NO_WORKFLOW: Versioned = (None, None)
# Made once: to build them anew for each request takes longer than the database does.
_VERSIONED = (
    select(Workflow, WorkflowVersion.id)
    .outerjoin(
        WorkflowVersion,
        (WorkflowVersion.workflow_id == Workflow.id) & (WorkflowVersion.number == Workflow.version),
    )
    .where(Workflow.workspace_id == bindparam("workspace_id"), Workflow.deleted_at.is_(None))
    .options(undefer(Workflow.workflow_json))
)
"""Both by one statement, so that an edit at the same moment cannot come between them."""
BY_ID = _VERSIONED.where(Workflow.id == bindparam("wanted"))
DEFAULT_OF_PROFILE = _VERSIONED.where(Workflow.is_default, Workflow.profile_id == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Source:
    graph: Graph
    defaults: Mapping[str, Any]
    workflow_id: UUID | None
    workflow_version_id: UUID | None
    profile_id: UUID
    backend_url: str


async def find_source(
    work: Work,
    *,
    session: Session | None,
    workflow_id: UUID | None,
    workflow_json: Any,
    profile_id: UUID | None,
) -> Source:
    """The request's own graph, else its workflow, else the session's, else the profile's default workflow.

    The profile is the request's, else the session's, the workflow's, or the oldest ComfyUI profile.
    Raises Invalid for unknown ids, NoWorkflow, ComfyUIRequired, GraphError.
    """
    workflow, version_id = await _workflow(work, workflow_id) if workflow_id is not None else NO_WORKFLOW
    if workflow is None and workflow_json is None and session is not None and session.current_workflow_id:
        workflow, version_id = await _by_id(work, session.current_workflow_id)
    wanted = profile_id or (session.profile_id if session else None) or (workflow.profile_id if workflow else None)
    profile = await _profile(work, wanted)
    if workflow is None and workflow_json is None:
        workflow, version_id = await _default_workflow(work, profile.id)
    if workflow_json is not None:
        graph = parse(workflow_json)
    elif workflow is not None:
        graph = parse(workflow.workflow_json)
    else:
        raise NoWorkflow
    return Source(
        graph=graph,
        defaults=workflow.default_parameters if workflow else {},
        workflow_id=workflow.id if workflow else None,
        workflow_version_id=version_id if workflow_json is None else None,
        profile_id=profile.id,
        backend_url=profile.url or "",
    )


async def _workflow(work: Work, workflow_id: UUID) -> Versioned:
    found = await _by_id(work, workflow_id)
    if found == NO_WORKFLOW:
        raise invalid_field("workflow_id", "This workflow does not exist.", code="unknown_id")
    return found


async def _by_id(work: Work, workflow_id: UUID) -> Versioned:
    return await _find(work, BY_ID, workflow_id)


async def _default_workflow(work: Work, profile_id: UUID) -> Versioned:
    return await _find(work, DEFAULT_OF_PROFILE, profile_id)


async def _find(work: Work, statement: Select[Workflow, UUID], wanted: UUID) -> Versioned:
    mine = {"workspace_id": work.workspace_id, "wanted": wanted}
    row = (await work.session.execute(statement, mine)).one_or_none()
    return NO_WORKFLOW if row is None else (row[0], row[1])


async def present_profile(work: Work, profile_id: UUID | None) -> Profile:
    """The ComfyUI profile, or the one used by default where it is gone. Raises ComfyUIRequired."""
    try:
        profile = await find_profile(work, profile_id)
    except (ProfileNotFound, NotComfyUI):
        profile = await find_profile(work, None)
    return _connected(profile)


async def present_machine(work: Work, profile_id: UUID, backend_id: UUID) -> UUID:
    """Of the profile's machines the one with this id. Raises Invalid where it is not there or takes nothing new."""
    mine = visible(select(ComfyBackend), work.actor).where(ComfyBackend.profile_id == profile_id)
    machine = await work.session.scalar(mine.where(ComfyBackend.id == backend_id))
    if machine is None:
        raise invalid_field("backend_id", "This is not one of the profile's machines.", code="unknown_id")
    if not machine.enabled or machine.draining:
        raise invalid_field("backend_id", "This machine takes nothing new at the moment; choose another one.")
    return machine.id


async def _profile(work: Work, profile_id: UUID | None) -> Profile:
    try:
        return _connected(await find_profile(work, profile_id))
    except (ProfileNotFound, NotComfyUI):
        message = "This is not one of your ComfyUI profiles."
        raise invalid_field("profile_id", message, code="unknown_id") from None


def _connected(profile: Profile | None) -> Profile:
    if profile is None or not profile.url:
        raise ComfyUIRequired
    return profile
