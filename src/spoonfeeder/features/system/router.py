"""`/`, `/api/health`, `/api/stats` and the OpenAPI document."""

import asyncio

from fastapi import Request
from starlette.responses import JSONResponse, Response

from spoonfeeder.core.json_response import Json, ok
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Failure, Ok
from spoonfeeder.features.auth.depends import PUBLIC, AnyoneOrActor, ReadWork, RuntimeDep, SelfActor
from spoonfeeder.features.logs.router import From, Until
from spoonfeeder.features.system import days, service
from spoonfeeder.features.system.schemas import ActiveItem, Alive, DayReport, Front, Health, Stats

router = Router(prefix="/api", tags=["system"])
front = Router(tags=["system"])


@front.get("/")
async def get_front(actor: AnyoneOrActor, response: Response) -> Ok[Front]:
    """Where everything is, for programs; a browser, which accepts text/html, gets the page instead."""
    response.headers["Vary"] = "Accept"
    return Ok(data=Front() if actor else Front(version=None))


@router.get("/openapi.json", include_in_schema=False)
async def get_openapi(request: Request, _: SelfActor) -> JSONResponse:
    return JSONResponse(await asyncio.to_thread(request.app.openapi))


@router.get("/health")
async def get_health(runtime: RuntimeDep, actor: AnyoneOrActor) -> Ok[Health]:
    """Always 200 while this process answers; the body says what is away, to those who are signed in."""
    return Ok(data=await service.health(runtime, actor))


@router.get("/health/live", dependencies=[PUBLIC])
async def get_live() -> Ok[Alive]:
    return Ok(data=Alive())


@router.get("/health/ready", dependencies=[PUBLIC], responses={503: {"model": Failure}})
async def get_ready(runtime: RuntimeDep) -> Ok[Alive]:
    await service.require_ready(runtime)
    return Ok(data=Alive(status="ready"))


@router.get("/active", response_model=Ok[list[ActiveItem]])
async def list_active(work: ReadWork) -> Json:
    """All that is pending or running, the oldest first; for polling where sockets are blocked."""
    return ok(await service.active(work))


@router.get("/stats")
async def get_stats(work: ReadWork) -> Ok[Stats]:
    return Ok(data=await service.stats(work))


@router.get("/stats/days")
async def get_stats_by_day(work: ReadWork, since: From = None, until: Until = None) -> Ok[DayReport]:
    """What was made on each day (UTC), the last 30 days unless told; at most 366 days, and its first one whole."""
    return Ok(data=await days.report(work, since, until))
