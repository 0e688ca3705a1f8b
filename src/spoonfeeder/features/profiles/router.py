"""`/api/profiles`; deleting one ends its generations too and so stands in the generations' router."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.schema import Ok, failures
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.auth.depends import ManageActor, ManageWork, ReadWork, RuntimeDep
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.profiles import connection, service
from spoonfeeder.features.profiles.schemas import (
    ConnectionInput,
    ConnectionReport,
    ProfileInput,
    ProfileOut,
    ProfilePatch,
)

router = APIRouter(prefix="/api/profiles", tags=["profiles"])


@router.get("")
async def list_profiles(
    work: ReadWork, provider: Annotated[Provider | None, Query()] = None, limit: WholeList = MOST_ROWS
) -> Ok[list[ProfileOut]]:
    return Ok(data=await service.list_profiles(work, provider=provider, limit=limit))


@router.post("", status_code=201)
async def create_profile(work: ManageWork, once: OnceDep, response: Response, data: ProfileInput) -> Ok[ProfileOut]:
    async def create() -> UUID:
        return (await service.create(work, data)).id

    profile_id, headers = await once_only(work, once, "profile", create)
    response.headers.update(headers)
    return Ok(data=service.shown(work.runtime, await service.get(work, profile_id)))


@router.post("/test-connection", responses=failures(502, 504))
async def test_connection(runtime: RuntimeDep, _: ManageActor, data: ConnectionInput) -> Ok[ConnectionReport]:
    """Tries a connection; nothing is saved."""
    return Ok(data=await connection.try_out(runtime, data))


@router.get("/{profile_id}")
async def get_profile(work: ReadWork, profile_id: UUID) -> Ok[ProfileOut]:
    return Ok(data=service.shown(work.runtime, await service.get(work, profile_id)))


@router.put("/{profile_id}", name="put_profile")
@router.patch("/{profile_id}")
async def update_profile(work: ManageWork, profile_id: UUID, data: ProfilePatch) -> Ok[ProfileOut]:
    return Ok(data=service.shown(work.runtime, await service.update_profile(work, profile_id, data)))


@router.post("/{profile_id}/test", responses=failures(502, 504))
async def test_profile(runtime: RuntimeDep, actor: ManageActor, profile_id: UUID) -> Ok[ConnectionReport]:
    return Ok(data=await connection.try_profile(runtime, actor, profile_id))
