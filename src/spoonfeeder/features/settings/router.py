"""`/api/settings`."""

from fastapi import Request

from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, failures
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.auth.depends import ManageActor, ManageWork, ReadWork, RuntimeDep
from spoonfeeder.features.profiles.schemas import ConnectionReport
from spoonfeeder.features.settings import service, trial
from spoonfeeder.features.settings.schemas import SettingInput, SettingList, SettingOut

router = Router(prefix="/api/settings", tags=["settings"])


@router.get("")
async def list_settings(work: ReadWork, limit: WholeList = MOST_ROWS) -> SettingList:
    """What the workspace has set, and which providers the server's environment gives it besides."""
    rows = await service.list_settings(work, limit)
    return SettingList(data=rows, environment=service.from_environment(work.runtime.settings))


@router.get("/{provider}")
async def get_settings(request: Request, work: ReadWork, provider: Provider) -> Ok[SettingOut]:
    request.state.provider = provider
    return Ok(data=service.shown(work.runtime, await service.get(work, provider)))


@router.put("/{provider}")
async def put_settings(request: Request, work: ManageWork, provider: Provider, data: SettingInput) -> Ok[SettingOut]:
    request.state.provider = provider
    return Ok(data=await service.put(work, provider, data))


@router.delete("/{provider}")
async def delete_settings(request: Request, work: ManageWork, provider: Provider) -> Done:
    request.state.provider = provider
    await service.delete(work, provider)
    return Done(message="The settings of this provider are deleted.")


@router.post("/{provider}/test", responses=failures(502, 504))
async def test_settings(
    request: Request, runtime: RuntimeDep, actor: ManageActor, provider: Provider
) -> Ok[ConnectionReport]:
    """Tries them, and keeps how it went."""
    request.state.provider = provider
    return Ok(data=await trial.test(runtime, actor, provider))
