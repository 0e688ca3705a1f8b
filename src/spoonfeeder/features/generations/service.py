"""Accepting, ending and hiding generations; everything that decides the picture is settled before the row exists."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import insert, select, update

from spoonfeeder.comfy.plan import Planned, plan
from spoonfeeder.comfy.seeds import Draw, draw_seed
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.lossless import lossless
from spoonfeeder.db.comfyui import Generation, Session, Workflow
from spoonfeeder.durable.quota import require_quota
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.auth.policy import Forbidden
from spoonfeeder.features.generations import announce, queries
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.generations.schemas import GenerateInput, GenerationPatch, PromptInput
from spoonfeeder.features.generations.sources import Source, find_source, present_profile
from spoonfeeder.features.generations.uploads import find_uploads
from spoonfeeder.features.sessions import service as sessions
from spoonfeeder.features.workflows import queries as workflows
from spoonfeeder.work import Work

COPIED = (
    *("workspace_id", "session_id", "workflow_id", "workflow_version_id", "priority"),
    *("workflow_json_snapshot", "parameters", "prompt_text", "negative_prompt"),
    *("width", "height", "steps", "cfg_scale", "seed", "sampler_name", "scheduler", "batch_size"),
    *("checkpoint_name", "loras_used"),
)


class PriorityTooHigh(Forbidden):
    """Only the server's admins may put work before that of others; leave the priority at 0 or below."""


async def create(
    work: Work,
    data: GenerateInput,
    *,
    session_id: UUID | None,
    draw: Draw | None = draw_seed,
    schedule_id: UUID | None = None,
) -> UUID:
    """A pending row with its resolved graph; `draw` None keeps the graph's own seed.

    Raises SessionNotFound, QueueFull and what `find_source` and `plan` raise.
    """
    if data.priority > 0 and not work.user.is_admin:
        raise PriorityTooHigh
    session = await sessions.get(work, session_id) if session_id is not None else None
    source = await find_source(
        work,
        session=session,
        workflow_id=data.workflow_id,
        workflow_json=data.workflow_json,
        profile_id=data.profile_id,
    )
    planned = await asyncio.to_thread(
        plan,
        source.graph,
        source.defaults,
        prompt_text=data.prompt_text,
        negative_prompt=data.negative_prompt,
        parameters=data.parameters,
        object_info=work.runtime.backends.known_objects(source.backend_url),
        draw=draw,
    )
    await find_uploads(work, planned.graph)
    asked = {"session_id": session_id, "priority": data.priority, "schedule_id": schedule_id}
    used = data.parameters or planned.parameters
    return await _insert(work, _columns(source, planned) | asked, last_parameters=lossless(used))


def _columns(source: Source, planned: Planned) -> dict[str, Any]:
    return {
        "workflow_id": source.workflow_id,
        "workflow_version_id": source.workflow_version_id,
        "profile_id": source.profile_id,
        "backend_url": source.backend_url,
        "workflow_json_snapshot": orjson.dumps(planned.graph).decode(),
        "parameters": lossless(planned.parameters),
        "warnings": list(planned.warnings),
        **planned.summary.columns(),
    }


async def rerun(work: Work, generation_id: UUID) -> UUID:
    """A new row with the same graph, to the letter, for the ComfyUI where its profile has it now.

    Raises GenerationNotFound, ComfyUIRequired, QueueFull.
    """
    source = visible(select(*(getattr(Generation, name) for name in COPIED), Generation.profile_id), work.actor)
    row = (await work.session.execute(source.where(Generation.id == generation_id))).one_or_none()
    if row is None:
        raise queries.GenerationNotFound
    profile = await present_profile(work, row.profile_id)
    place = {"profile_id": profile.id, "backend_url": profile.url, "rerun_of": generation_id}
    return await _insert(work, {name: getattr(row, name) for name in COPIED} | place)


async def _insert(work: Work, values: dict[str, Any], **of_session: Any) -> UUID:
    """The row's own id is ComfyUI's prompt id, so that a submit can be repeated and asked about (R1, R6).

    Raises QueueFull, SessionNotFound.
    """
    await require_quota(work, GENERATIONS)
    generation_id = uuid4()
    identity = {"id": generation_id, "prompt_id": str(generation_id)}
    author = {"workspace_id": work.workspace_id, "created_by": work.user.user_id}
    statement = insert(Generation).values(**(values | identity | author)).returning(*Generation.__table__.c)
    row = (await work.session.execute(statement)).one()
    await _count_in(work, row.session_id, row.workflow_id, of_session)
    work.ring(GENERATIONS.name)
    work.emit(announce.of_state(row))
    return generation_id


async def _count_in(work: Work, session_id: UUID | None, workflow_id: UUID | None, of_session: dict[str, Any]) -> None:
    """After the row, which nobody else can see or wait for yet: so that the session is locked for a moment only."""
    if session_id is not None:
        counted = {"generation_count": Session.generation_count + 1, **of_session}
        still_there = (Session.id == session_id, Session.deleted_at.is_(None))
        count = update(Session).where(*still_there).values(**counted).returning(Session.id)
        if (await work.session.execute(count)).one_or_none() is None:
            raise sessions.SessionNotFound
    if workflow_id is not None:
        used = {"generation_count": Workflow.generation_count + 1, "updated_at": Workflow.updated_at}
        await work.session.execute(update(Workflow).where(Workflow.id == workflow_id).values(used))


async def require_workflow(work: Work, workflow_id: UUID) -> None:
    """Raises WorkflowNotFound."""
    await workflows.get(work, workflow_id)


def as_generate(data: PromptInput) -> GenerateInput:
    """A raw graph runs as it stands, its own seed included."""
    graph = data.workflow_json if data.workflow_json is not None else data.prompt
    if graph is None:
        raise invalid_field("workflow_json", "Give the graph as workflow_json or prompt.", code="missing")
    return GenerateInput(
        workflow_json=graph,
        profile_id=data.profile_id,
        prompt_text=data.prompt_text,
        negative_prompt=data.negative_prompt,
    )


async def change(work: Work, generation_id: UUID, data: GenerationPatch) -> None:
    """Raises GenerationNotFound."""
    await queries.get(work, generation_id)
    given = data.model_dump(exclude_unset=True)
    if given:
        await work.session.execute(update(Generation).where(Generation.id == generation_id).values(**given))
        work.tell_change("generation", generation_id, "updated")
