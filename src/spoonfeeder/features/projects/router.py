"""`/api/projects`."""

from functools import partial
from uuid import UUID

from fastapi import Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth.depends import ReadWork, WriteWork
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.projects import queries, service
from spoonfeeder.features.projects.schemas import ProjectInput, ProjectOut, ProjectPatch
from spoonfeeder.work import Work

router = Router(prefix="/api/projects", tags=["projects"], route_class=JsonRoute)


async def _answer(work: Work, project_id: UUID) -> Ok[ProjectOut]:
    return Ok(data=ProjectOut.model_validate(await queries.show(work, project_id)))


@router.get("")
async def list_projects(work: ReadWork, limit: WholeList = MOST_ROWS) -> Ok[list[ProjectOut]]:
    """By name."""
    rows = await queries.list_projects(work, limit=limit)
    return Ok(data=[ProjectOut.model_validate(row) for row in rows])


@router.post("", status_code=201)
async def create_project(work: WriteWork, once: OnceDep, response: Response, data: ProjectInput) -> Ok[ProjectOut]:
    """For ComfyUI sessions and conversations, which name it by `project_id`."""
    project_id, headers = await once_only(work, once, "project", partial(service.create, work, data))
    response.headers.update(headers)
    return await _answer(work, project_id)


@router.get("/{project_id}")
async def get_project(work: ReadWork, project_id: UUID) -> Ok[ProjectOut]:
    return await _answer(work, project_id)


@router.put("/{project_id}", name="put_project")
@router.patch("/{project_id}")
async def update_project(work: WriteWork, project_id: UUID, data: ProjectPatch) -> Ok[ProjectOut]:
    await service.change(work, project_id, data)
    return await _answer(work, project_id)


@router.delete("/{project_id}")
async def delete_project(work: WriteWork, project_id: UUID) -> Done:
    """Its sessions and conversations stay, in no project; can be restored for 7 days."""
    await service.remove(work, project_id)
    return Done(message="The project was deleted; it can be restored for 7 days.")


@router.post("/{project_id}/restore")
async def restore_project(work: WriteWork, project_id: UUID) -> Ok[ProjectOut]:
    """With what was in it."""
    await service.restore(work, project_id)
    return await _answer(work, project_id)
