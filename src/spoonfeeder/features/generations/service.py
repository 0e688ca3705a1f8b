"""Accepting, ending and hiding generations; everything that decides the picture is settled before the row exists."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Row, Table, bindparam, insert, select, update

from spoonfeeder.comfy.needs import needs_of
from spoonfeeder.comfy.plan import Planned, plan
from spoonfeeder.comfy.seeds import Draw, draw_seed
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.lossless import lossless
from spoonfeeder.db.comfyui import Generation, Session, Workflow
from spoonfeeder.durable.quota import require_quota
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.auth.policy import Forbidden
from spoonfeeder.features.generations import announce, ordering, queries
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.generations.rows import SHOWN
from spoonfeeder.features.generations.schemas import GenerateInput, GenerationPatch, PromptInput, RerunInput
from spoonfeeder.features.generations.sources import Source, find_source, present_machine, present_profile
from spoonfeeder.features.generations.taking import count_uses, take
from spoonfeeder.features.generations.uploads import find_uploads
from spoonfeeder.features.sessions import service as sessions
from spoonfeeder.features.workflows import queries as workflows
from spoonfeeder.work import Work

COPIED = (
    *("workspace_id", "session_id", "workflow_id", "workflow_version_id", "priority"),
    *("workflow_json_snapshot", "parameters", "prompt_text", "negative_prompt"),
    *("width", "height", "steps", "cfg_scale", "seed", "sampler_name", "scheduler", "batch_size"),
    *("checkpoint_name", "loras_used", "needs_sha256"),
)
# Made once, and of tables: statements of mapped classes that are made anew for each request cost several times as much.
INSERT = insert(cast(Table, Generation.__table__)).returning(*SHOWN.selected_columns)
_SESSIONS, _WORKFLOWS = cast(Table, Session.__table__), cast(Table, Workflow.__table__)
COUNT_IN_SESSION = (
    update(_SESSIONS)
    .where(_SESSIONS.c.id == bindparam("counting"), _SESSIONS.c.deleted_at.is_(None))
    .values(generation_count=_SESSIONS.c.generation_count + bindparam("more"))
    .returning(_SESSIONS.c.id)
)
COUNT_IN_WORKFLOW = (
    update(_WORKFLOWS)
    .where(_WORKFLOWS.c.id == bindparam("counting"))
    .values(
        generation_count=_WORKFLOWS.c.generation_count + bindparam("more"),
        updated_at=_WORKFLOWS.c.updated_at,
    )
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
) -> Row[Any]:
    """A pending row, as `SHOWN` gives it, with its resolved graph; `draw` None keeps the graph's own seed.

    Raises SessionNotFound, QueueFull and what `find_source`, `take` and `plan` raise.
    """
    require_priority(work, data.priority)
    session = await sessions.get(work, session_id) if session_id is not None else None
    source = await find_source(
        work,
        session=session,
        workflow_id=data.workflow_id,
        workflow_json=data.workflow_json,
        profile_id=data.profile_id,
    )
    taken = await take(work, data, source.workflow_id)
    planned = await asyncio.to_thread(
        plan,
        source.graph,
        source.defaults,
        preset=taken.preset,
        prompt_text=taken.prompt_text,
        negative_prompt=taken.negative_prompt,
        parameters=data.parameters,
        object_info=work.runtime.backends.known_objects(source.backend_url),
        draw=draw,
    )
    await find_uploads(work, planned.graph)
    asked = {"session_id": session_id, "priority": data.priority, "schedule_id": schedule_id}
    row = await _insert(work, columns(source, planned) | asked, taken.of_session)
    await count_uses(work, data)
    return row


def columns(source: Source, planned: Planned) -> dict[str, Any]:
    """What a row says of the graph that is run."""
    return {
        "workflow_id": source.workflow_id,
        "workflow_version_id": source.workflow_version_id,
        "profile_id": source.profile_id,
        "backend_url": source.backend_url,
        "workflow_json_snapshot": orjson.dumps(planned.graph).decode(),
        "needs_sha256": needs_of(planned.graph).sha256,
        "parameters": lossless(planned.parameters),
        "warnings": list(planned.warnings),
        **planned.summary.columns(),
    }


async def rerun(work: Work, generation_id: UUID, wish: RerunInput, *, verifies: UUID | None = None) -> Row[Any]:
    """A new row with the same graph, to the letter, for the ComfyUI where its profile has it now, or a machine of it.

    Raises GenerationNotFound, ComfyUIRequired, PriorityTooHigh, QueueFull, Invalid for an unknown machine.
    """
    source = visible(select(*(getattr(Generation, name) for name in COPIED), Generation.profile_id), work.actor)
    row = (await work.session.execute(source.where(Generation.id == generation_id))).one_or_none()
    if row is None:
        raise queries.GenerationNotFound
    profile = await present_profile(work, row.profile_id)
    place = {"profile_id": profile.id, "backend_url": profile.url, "rerun_of": generation_id, "verifies": verifies}
    asked: dict[str, Any] = {"priority": allowed_priority(work, row.priority)}
    if wish.backend_id is not None:
        asked["wanted_backend_id"] = await present_machine(work, profile.id, wish.backend_id)
    if wish.priority is not None:
        require_priority(work, wish.priority)
        asked["priority"] = wish.priority
    return await _insert(work, {name: getattr(row, name) for name in COPIED} | place | asked, {})


async def _insert(work: Work, values: dict[str, Any], of_session: Mapping[str, Any]) -> Row[Any]:
    """The row's own id is ComfyUI's prompt id, so that a submit can be repeated and asked about (R1, R6).

    Raises QueueFull, SessionNotFound.
    """
    await require_quota(work, GENERATIONS)
    generation_id = uuid4()
    identity = {"id": generation_id, "prompt_id": str(generation_id)}
    author = {"workspace_id": work.workspace_id, "created_by": work.user.user_id}
    row = (await work.session.execute(INSERT, values | identity | author)).one()
    await count_in(work, row.session_id, row.workflow_id, of_session)
    work.ring(GENERATIONS.name)
    work.emit(announce.of_state(row))
    return row


async def count_in(
    work: Work, session_id: UUID | None, workflow_id: UUID | None, of_session: Mapping[str, Any], rows: int = 1
) -> None:
    """After the rows, which nobody else can see or wait for yet: so that the session is locked for a moment only.

    Raises SessionNotFound.
    """
    if session_id is not None:
        counted = await work.session.execute(COUNT_IN_SESSION, {"counting": session_id, "more": rows, **of_session})
        if counted.one_or_none() is None:
            raise sessions.SessionNotFound
    if workflow_id is not None:
        await work.session.execute(COUNT_IN_WORKFLOW, {"counting": workflow_id, "more": rows})


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


def allowed_priority(work: Work, priority: int) -> int:
    """That of an earlier row, which an admin may have put before others."""
    return priority if work.user.is_admin else min(priority, 0)


def require_priority(work: Work, priority: int) -> None:
    """Raises PriorityTooHigh."""
    if priority > 0 and not work.user.is_admin:
        raise PriorityTooHigh


async def change(work: Work, generation_id: UUID, data: GenerationPatch) -> None:
    """Raises GenerationNotFound, AlreadyStarted, PriorityTooHigh."""
    row = await ordering.locked(work, generation_id)
    given = data.model_dump(exclude_unset=True)
    if data.priority is not None and data.priority != row.priority:
        require_priority(work, data.priority)
        ordering.require_pending(row)
        work.ring(GENERATIONS.name)
    if given:
        await work.session.execute(update(Generation).where(Generation.id == generation_id).values(**given))
        work.tell_change("generation", generation_id, "updated")
