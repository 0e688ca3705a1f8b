"""`/`, `/api/health` and `/api/stats`."""

from fastapi import APIRouter

from spoonfeeder.core.schema import Failure, Ok
from spoonfeeder.features.auth.depends import ActorDep, RuntimeDep, WorkDep
from spoonfeeder.features.system import service
from spoonfeeder.features.system.schemas import Alive, Front, Health, Stats

router = APIRouter(prefix="/api", tags=["system"])
front = APIRouter(tags=["system"])


@front.get("/")
async def get_front() -> Ok[Front]:
    """Where everything is, for a person who opens the address in a browser."""
    return Ok(data=Front())


@router.get("/health")
async def get_health(runtime: RuntimeDep, actor: ActorDep) -> Ok[Health]:
    """Always 200 while this process answers; the body says what is away."""
    return Ok(data=await service.health(runtime, actor))


@router.get("/health/live")
async def get_live() -> Ok[Alive]:
    return Ok(data=Alive())


@router.get("/health/ready", responses={503: {"model": Failure}})
async def get_ready(runtime: RuntimeDep) -> Ok[Alive]:
    await service.require_ready(runtime)
    return Ok(data=Alive(status="ready"))


@router.get("/stats")
async def get_stats(work: WorkDep) -> Ok[Stats]:
    return Ok(data=await service.stats(work))
