"""What a batch begins with: a generation as it was made, or the body of a `generate`."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.comfy.graph import parse
from spoonfeeder.db.comfyui import Generation, Session
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.generations import queries, service
from spoonfeeder.features.generations.batches.planning import Base
from spoonfeeder.features.generations.batches.schemas import SweepBase, SweepInput
from spoonfeeder.features.generations.sources import Source, find_source, present_profile
from spoonfeeder.features.generations.taking import take
from spoonfeeder.features.sessions import service as sessions
from spoonfeeder.work import Work


async def of_generation(work: Work, generation_id: UUID) -> Base:
    """Its exact graph, for the ComfyUI where its profile has it now; in its session.

    Raises GenerationNotFound, ComfyUIRequired, GraphError.
    """
    columns = (*(getattr(Generation, name) for name in service.COPIED), Generation.profile_id)
    mine = visible(select(*columns), work.actor).where(Generation.id == generation_id)
    row = (await work.session.execute(mine)).one_or_none()
    if row is None:
        raise queries.GenerationNotFound
    profile = await present_profile(work, row.profile_id)
    source = Source(
        graph=parse(row.workflow_json_snapshot or ""),
        defaults={},
        workflow_id=row.workflow_id,
        workflow_version_id=row.workflow_version_id,
        profile_id=profile.id,
        backend_url=profile.url or "",
    )
    return Base(
        source=source,
        session_id=row.session_id,
        priority=service.allowed_priority(work, row.priority),
        object_info=work.runtime.backends.known_objects(source.backend_url),
        generation_id=generation_id,
        kept={name: getattr(row, name) for name in service.COPIED},
    )


async def of_sweep(work: Work, session_id: UUID, data: SweepInput) -> Base:
    """Whatever it begins with, its generations are in this session.

    Raises SessionNotFound, PriorityTooHigh, and what `of_generation`, `find_source` and `take` raise.
    """
    if data.priority is not None:
        service.require_priority(work, data.priority)
    session = await sessions.get(work, session_id)
    if data.base.generation_id is None:
        base = await _of_body(work, session, data.base)
    else:
        base = replace(await of_generation(work, data.base.generation_id), session_id=session_id)
    return base if data.priority is None else replace(base, priority=data.priority)


async def _of_body(work: Work, session: Session, body: SweepBase) -> Base:
    service.require_priority(work, body.priority)
    source = await find_source(
        work,
        session=session,
        workflow_id=body.workflow_id,
        workflow_json=body.workflow_json,
        profile_id=body.profile_id,
    )
    taken = await take(work, body, source.workflow_id)
    return Base(
        source=source,
        session_id=session.id,
        priority=body.priority,
        object_info=work.runtime.backends.known_objects(source.backend_url),
        prompts={"prompt_text": taken.prompt_text, "negative_prompt": taken.negative_prompt},
        preset=taken.preset,
        parameters=body.parameters,
        of_session=taken.of_session,
        body=body,
    )
