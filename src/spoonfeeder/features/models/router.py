"""`/api/models`; names of models may hold `/` and `:`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, failures
from spoonfeeder.core.server_sent_events import EventStream
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.auth.depends import ManageActor, ManageWork, ReadActor, RuntimeDep
from spoonfeeder.features.models import listing, service
from spoonfeeder.features.models.schemas import LoadedModel, LoadInput, ModelList, ModelStatus, PullInput, ShownModel

router = Router(prefix="/api/models", tags=["models"])
Name = Annotated[str, Path(min_length=1, max_length=255)]
ProfileId = Annotated[UUID | None, Query()]
ASKED = failures(502, 504)
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": "The events `progress`, then `done` or `error`",
    },
    **ASKED,
}


@router.get("")
async def list_all_models(
    runtime: RuntimeDep,
    actor: ReadActor,
    profile_id: ProfileId = None,
    provider: Annotated[Provider | None, Query()] = None,
) -> ModelList:
    """Of every profile; an Ollama that does not answer soon is named in `unavailable`."""
    return await listing.list_models(runtime, actor, profile_id=profile_id, provider=provider)


@router.get("/running", responses=ASKED)
async def list_running_models(
    runtime: RuntimeDep, actor: ReadActor, profile_id: ProfileId = None
) -> Ok[list[LoadedModel]]:
    return Ok(data=await service.running(runtime, actor, profile_id))


@router.post("/pull", responses=STREAMED, response_class=Response)
async def pull_model(work: ManageWork, data: PullInput, profile_id: ProfileId = None) -> Response:
    """Server-Sent Events. The download ends when the reader leaves; another pull takes it up where it was."""
    place = await service.begin_pull(work, profile_id, data.name)
    return EventStream(service.pulling(work.runtime, work.user, place, data.name))


@router.get("/{name:path}/status", responses=ASKED)
async def get_model_status(
    runtime: RuntimeDep, actor: ReadActor, name: Name, profile_id: ProfileId = None
) -> Ok[ModelStatus]:
    return Ok(data=await service.status(runtime, actor, profile_id, name))


@router.post("/{name:path}/load", responses=ASKED)
async def load_model(
    runtime: RuntimeDep, actor: ManageActor, name: Name, data: LoadInput, profile_id: ProfileId = None
) -> Done:
    """Answers when the model is in memory."""
    await service.load(runtime, actor, profile_id, name, data.keep_alive)
    return Done(message="The model is loaded.")


@router.post("/{name:path}/unload", responses=ASKED)
async def unload_model(runtime: RuntimeDep, actor: ManageActor, name: Name, profile_id: ProfileId = None) -> Done:
    await service.unload(runtime, actor, profile_id, name)
    return Done(message="The model is no longer in memory.")


@router.get("/{name:path}", responses=ASKED)
async def get_model(runtime: RuntimeDep, actor: ReadActor, name: Name, profile_id: ProfileId = None) -> Ok[ShownModel]:
    return Ok(data=await service.show(runtime, actor, profile_id, name))


@router.delete("/{name:path}", responses=ASKED)
async def delete_model(runtime: RuntimeDep, actor: ManageActor, name: Name, profile_id: ProfileId = None) -> Done:
    """From the disk of the Ollama."""
    await service.delete(runtime, actor, profile_id, name)
    return Done(message="The model is deleted.")
