"""What of a session or profile shows or ends generations."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from spoonfeeder.core.json_response import Json, ok
from spoonfeeder.core.pagination import Cursor, PageSize
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth.depends import ManageWork, ReadWork, WriteWork
from spoonfeeder.features.generations import ending, queries
from spoonfeeder.features.generations.schemas import GenerationOut
from spoonfeeder.features.profiles import service as profiles
from spoonfeeder.features.profiles.schemas import ProfileOut
from spoonfeeder.features.sessions import service as sessions
from spoonfeeder.features.sessions.schemas import SessionOut

router = Router(prefix="/api")
SESSIONS: Any = {"tags": ["sessions"]}


class SessionWithGenerations(SessionOut):
    generations: list[GenerationOut]
    total_generations: int
    next_cursor: str | None


@router.get("/comfyui/sessions/{session_id}", response_model=Ok[SessionWithGenerations], **SESSIONS)
async def get_session(
    work: ReadWork,
    session_id: UUID,
    limit: PageSize = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Json:
    """The session with a page of its generations, newest first; `next_cursor` is null on the last page."""
    place = Cursor.read(cursor) if cursor else None
    session = await sessions.show(work, session_id)
    rows, more = await queries.page(work, queries.OF_SESSION, session_id, limit=limit, offset=offset, cursor=place)
    data: dict[str, Any] = SessionOut.model_validate(session).model_dump()
    data["generations"] = await queries.with_live(work, rows)
    return ok(data | {"total_generations": session.generation_count, "next_cursor": more})


@router.delete("/comfyui/sessions/{session_id}", **SESSIONS)
async def delete_session(work: WriteWork, session_id: UUID) -> Done:
    """Cancels what still runs in it; can be restored for 7 days."""
    await ending.delete_session(work, session_id)
    return Done(message="The session was deleted; it can be restored for 7 days.")


@router.post("/comfyui/sessions/{session_id}/restore", **SESSIONS)
async def restore_session(work: WriteWork, session_id: UUID) -> Ok[SessionOut]:
    await ending.restore_session(work, session_id)
    return Ok(data=SessionOut.model_validate(await sessions.show(work, session_id)))


@router.delete("/profiles/{profile_id}", tags=["profiles"])
async def delete_profile(work: ManageWork, profile_id: UUID) -> Done:
    """With its workflows, sessions and their generations; can be restored for 7 days."""
    await ending.delete_profile(work, profile_id)
    return Done(message="The profile was deleted; it can be restored for 7 days.")


@router.post("/profiles/{profile_id}/restore", tags=["profiles"])
async def restore_profile(work: ManageWork, profile_id: UUID) -> Ok[ProfileOut]:
    """With all that vanished with it."""
    await ending.restore_profile(work, profile_id)
    return Ok(data=profiles.shown(work.runtime, await profiles.get(work, profile_id)))
