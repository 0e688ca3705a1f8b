"""`/api/comfyui/backends`: the machines that share a profile's work."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth.depends import ManageActor, ManageWork, ReadWork, RuntimeDep
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.backends import checking, queries, service
from spoonfeeder.features.backends.schemas import BackendInput, BackendOut, BackendPatch
from spoonfeeder.work import open_work

router = Router(prefix="/api/comfyui/backends", tags=["comfyui"], route_class=JsonRoute)


@router.get("")
async def list_backends(
    work: ReadWork, profile_id: Annotated[UUID | None, Query()] = None, limit: WholeList = MOST_ROWS
) -> Ok[list[BackendOut]]:
    """The machines of the ComfyUI profiles, a profile's own address first, each as it was last seen."""
    return Ok(data=await queries.page(work, profile_id, limit))


@router.post("", status_code=201)
async def create_backend(work: ManageWork, once: OnceDep, response: Response, data: BackendInput) -> Ok[BackendOut]:
    """One more machine for a profile; it gets work as soon as it answers."""
    backend_id, headers = await once_only(work, once, "backend", partial(service.create, work, data))
    response.headers.update(headers)
    return Ok(data=await queries.show(work, backend_id))


@router.get("/{backend_id}")
async def get_backend(work: ReadWork, backend_id: UUID) -> Ok[BackendOut]:
    return Ok(data=await queries.show(work, backend_id))


@router.patch("/{backend_id}")
async def update_backend(work: ManageWork, backend_id: UUID, data: BackendPatch) -> Ok[BackendOut]:
    await service.update(work, backend_id, data)
    return Ok(data=await queries.show(work, backend_id))


@router.delete("/{backend_id}")
async def remove_backend(work: ManageWork, backend_id: UUID) -> Done:
    await service.delete(work, backend_id)
    return Done(message="The machine is removed; what runs there is seen to its end.")


@router.post("/{backend_id}/check")
async def check_backend(runtime: RuntimeDep, actor: ManageActor, backend_id: UUID) -> Ok[BackendOut]:
    """Asks it now; that it does not answer is an answer too."""
    await checking.ask(runtime, actor, backend_id)
    async with open_work(runtime, actor) as work:
        return Ok(data=await queries.show(work, backend_id))
