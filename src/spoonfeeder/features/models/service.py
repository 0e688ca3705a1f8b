"""What is asked of an Ollama, and told of it; no transaction is open meanwhile."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import asdict
from uuid import UUID

import orjson

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.server_sent_events import event
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.models.ollamas import Place, find, library_of
from spoonfeeder.features.models.schemas import LoadedModel, ModelStatus, ShownModel
from spoonfeeder.providers.errors import ModelMissing
from spoonfeeder.providers.ollama_library import full_name
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work


class ModelNotFound(NotFound):
    """This Ollama has no such model."""

    code = "MODEL_NOT_FOUND"


@contextmanager
def _missing_is_404() -> Iterator[None]:
    try:
        yield
    except ModelMissing:
        raise ModelNotFound from None


async def running(runtime: Runtime, actor: User, profile_id: UUID | None) -> list[LoadedModel]:
    """Raises ProfileNotFound, NotOllama, KeyUnreadable, ProviderError."""
    library = await library_of(runtime, actor, profile_id)
    return [LoadedModel.model_validate(model) for model in await library.running()]


async def show(runtime: Runtime, actor: User, profile_id: UUID | None, name: str) -> ShownModel:
    """Raises what `running` does, and ModelNotFound."""
    library = await library_of(runtime, actor, profile_id)
    with _missing_is_404():
        shown = await library.show(name)
    return ShownModel(name=name, **asdict(shown))


async def status(runtime: Runtime, actor: User, profile_id: UUID | None, name: str) -> ModelStatus:
    """Raises what `running` does, and ModelNotFound."""
    library = await library_of(runtime, actor, profile_id)
    wanted = full_name(name)
    loaded = {full_name(model.name): model for model in await library.running()}
    if wanted in loaded:
        return ModelStatus(is_loaded=True, **asdict(loaded[wanted]))
    known = {full_name(model.name): model for model in await library.models()}
    if wanted not in known:
        raise ModelNotFound
    return ModelStatus(name=known[wanted].name, is_loaded=False, size_bytes=known[wanted].size_bytes)


async def load(runtime: Runtime, actor: User, profile_id: UUID | None, name: str, keep_alive: str | None) -> None:
    """Raises what `running` does, and ModelNotFound."""
    async with open_work(runtime, actor) as work:
        place = await find(work, profile_id)
    with _missing_is_404():
        await place.library.load(name, keep_alive)
    await _tell(runtime, actor, place)


async def unload(runtime: Runtime, actor: User, profile_id: UUID | None, name: str) -> None:
    """Raises what `running` does, and ModelNotFound."""
    async with open_work(runtime, actor) as work:
        place = await find(work, profile_id)
    with _missing_is_404():
        await place.library.unload(name)
    await _tell(runtime, actor, place)


async def delete(runtime: Runtime, actor: User, profile_id: UUID | None, name: str) -> None:
    """Raises what `running` does, and ModelNotFound."""
    async with open_work(runtime, actor) as work:
        place = await find(work, profile_id)
    with _missing_is_404():
        await place.library.delete(name)
    async with open_work(runtime, actor) as work:
        await record(work, Action.MODEL_DELETED, "profile", place.profile_id, name=name)
        _changed(work, place)


async def begin_pull(work: Work, profile_id: UUID | None, name: str) -> Place:
    """Raises ProfileNotFound, NotOllama, KeyUnreadable."""
    place = await find(work, profile_id)
    await record(work, Action.MODEL_PULLED, "profile", place.profile_id, name=name)
    return place


async def pulling(runtime: Runtime, actor: User, place: Place, name: str) -> AsyncGenerator[bytes]:
    """The events of a download, which ends when they are closed. Raises ProviderError."""
    async with aclosing(place.library.pull(name)) as told:
        async for progress in told:
            if progress.status == "success":
                continue
            yield event(orjson.dumps(asdict(progress)), name="progress")
    await _tell(runtime, actor, place)
    yield event(orjson.dumps({"name": name, "status": "success"}), name="done")


async def _tell(runtime: Runtime, actor: User, place: Place) -> None:
    async with open_work(runtime, actor) as work:
        _changed(work, place)


def _changed(work: Work, place: Place) -> None:
    """A profile's event also stands for its models."""
    if place.profile_id is not None:
        work.tell_change("profile", place.profile_id, "updated")
