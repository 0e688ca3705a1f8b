"""`/api/profiles`; deleting one ends its generations too and so stands in the generations' router."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok, failures
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.db.profile import Profile
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
from spoonfeeder.work import Work

router = Router(prefix="/api/profiles", tags=["profiles"])


def _answer(request: Request, work: Work, profile: Profile) -> Ok[ProfileOut]:
    """The profile, whose provider the API log notes."""
    request.state.provider = profile.provider
    return Ok(data=service.shown(work.runtime, profile))


@router.get("")
async def list_profiles(
    work: ReadWork, provider: Annotated[Provider | None, Query()] = None, limit: WholeList = MOST_ROWS
) -> Ok[list[ProfileOut]]:
    return Ok(data=await service.list_profiles(work, provider=provider, limit=limit))


@router.post("", status_code=201)
async def create_profile(
    request: Request, work: ManageWork, once: OnceDep, response: Response, data: ProfileInput
) -> Ok[ProfileOut]:
    async def create() -> UUID:
        return (await service.create(work, data)).id

    profile_id, headers = await once_only(work, once, "profile", create)
    response.headers.update(headers)
    return _answer(request, work, await service.get(work, profile_id))


@router.post("/test-connection", responses=failures(502, 504))
async def test_connection(
    request: Request, runtime: RuntimeDep, actor: ManageActor, data: ConnectionInput
) -> Ok[ConnectionReport]:
    """Tries a connection; nothing is saved."""
    request.state.provider = data.provider
    return Ok(data=await connection.try_out(runtime, data))


@router.get("/{profile_id}")
async def get_profile(request: Request, work: ReadWork, profile_id: UUID) -> Ok[ProfileOut]:
    return _answer(request, work, await service.get(work, profile_id))


@router.put("/{profile_id}", name="put_profile")
@router.patch("/{profile_id}")
async def update_profile(request: Request, work: ManageWork, profile_id: UUID, data: ProfilePatch) -> Ok[ProfileOut]:
    return _answer(request, work, await service.update_profile(work, profile_id, data))


@router.post("/{profile_id}/test", responses=failures(502, 504))
async def test_profile(
    request: Request, runtime: RuntimeDep, actor: ManageActor, profile_id: UUID
) -> Ok[ConnectionReport]:
    found = await connection.of_profile(runtime, actor, profile_id)
    request.state.provider = found.provider
    return Ok(data=await connection.report(runtime, found))
