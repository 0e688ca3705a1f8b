"""`/api/comfyui/sessions` without what shows or ends generations (that is the generations' router)."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok
from spoonfeeder.features.auth.depends import ReadWork, WriteWork
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.sessions import service
from spoonfeeder.features.sessions.schemas import SessionInput, SessionOut, SessionPatch

router = Router(prefix="/api/comfyui/sessions", tags=["sessions"], route_class=JsonRoute)


@router.get("")
async def list_sessions(
    work: ReadWork,
    profile_id: Annotated[UUID | None, Query()] = None,
    project_id: Annotated[UUID | None, Query()] = None,
    limit: WholeList = MOST_ROWS,
) -> Ok[list[SessionOut]]:
    rows = await service.list_sessions(work, profile_id=profile_id, project_id=project_id, limit=limit)
    return Ok(data=[SessionOut.model_validate(row) for row in rows])


@router.post("", status_code=201)
async def create_session(work: WriteWork, once: OnceDep, response: Response, data: SessionInput) -> Ok[SessionOut]:
    session_id, headers = await once_only(work, once, "session", partial(service.create, work, data))
    response.headers.update(headers)
    return Ok(data=SessionOut.model_validate(await service.show(work, session_id)))


@router.put("/{session_id}", name="put_session")
@router.patch("/{session_id}")
async def update_session(work: WriteWork, session_id: UUID, data: SessionPatch) -> Ok[SessionOut]:
    await service.update(work, session_id, data)
    return Ok(data=SessionOut.model_validate(await service.show(work, session_id)))
