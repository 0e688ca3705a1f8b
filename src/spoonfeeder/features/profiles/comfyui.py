"""The ComfyUI behind a profile: its queue, its models."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.comfy.backends import Backend
from spoonfeeder.comfy.locate import QueueView
from spoonfeeder.comfy.options import live
from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import GenerationStatus, Modality, Provider
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.profiles import keys, service
from spoonfeeder.features.profiles.demo import DEMO_PROFILE_ID
from spoonfeeder.features.profiles.schemas import ModelInput, QueuedGeneration, QueueOut
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

MOST_LETTERS = 255
UNFINISHED = (GenerationStatus.PENDING, GenerationStatus.RUNNING)


class ComfyUIRequired(AppError):
    """No ComfyUI is connected yet: create a profile with provider "comfyui" and its URL."""

    status = 422
    code = "COMFYUI_PROFILE_REQUIRED"


class NotComfyUI(AppError):
    """This profile is of another provider; choose one with provider "comfyui"."""

    status = 422
    code = "COMFYUI_PROFILE_REQUIRED"


async def find_profile(work: Work, profile_id: UUID | None) -> Profile | None:
    """The given one, else the workspace's first ComfyUI profile that is not the demo, else the demo, else None.

    Raises ProfileNotFound, NotComfyUI.
    """
    if profile_id is not None:
        profile = await service.get(work, profile_id)
        if profile.provider != Provider.COMFYUI:
            raise NotComfyUI
        return profile
    mine = visible(select(Profile), work.actor).where(Profile.provider == Provider.COMFYUI)
    ordered = mine.order_by(Profile.id == DEMO_PROFILE_ID, *service.ORDER)
    found: Profile | None = await work.session.scalar(ordered.limit(1))
    return found


def backend_of(runtime: Runtime, profile: Profile) -> Backend:
    """Raises KeyUnreadable."""
    return runtime.backends.get(profile.url or "", keys.unseal(runtime.cipher, profile))


async def find_backend(runtime: Runtime, actor: User, profile_id: UUID | None) -> Backend | None:
    async with open_work(runtime, actor) as work:
        profile = await find_profile(work, profile_id)
        return None if profile is None else backend_of(runtime, profile)


async def read_queue(runtime: Runtime, actor: User, profile_id: UUID | None) -> QueueOut:
    """Raises ProfileNotFound, NotComfyUI, ComfyUIRequired, ComfyError."""
    backend = await find_backend(runtime, actor, profile_id)
    if backend is None:
        raise ComfyUIRequired
    view = await backend.client.queue()
    async with open_work(runtime, actor) as work:
        ours = await _unfinished(work)
    return QueueOut(running=len(view.running), pending=len(view.pending), generations=list(_ours_in(view, ours)))


async def _unfinished(work: Work) -> Mapping[str, Any]:
    """The workspace's generations that ComfyUI may hold, by prompt id."""
    columns = select(Generation.id, Generation.session_id, Generation.prompt_id)
    open_ones = visible(columns, work.actor).where(Generation.status.in_(UNFINISHED))
    return {row.prompt_id: row for row in await work.session.execute(open_ones)}


def _ours_in(view: QueueView, ours: Mapping[str, Any]) -> Iterator[QueuedGeneration]:
    for position, prompt_id in enumerate((*view.running, *view.pending)):
        row = ours.get(prompt_id)
        if row is not None:
            status = GenerationStatus.RUNNING if position < len(view.running) else GenerationStatus.PENDING
            yield QueuedGeneration(generation_id=row.id, session_id=row.session_id, status=status, position=position)


async def read_models(runtime: Runtime, url: str, api_key: str | None) -> list[ModelInput]:
    """Raises ComfyError."""
    object_info = await runtime.backends.get(url, api_key).objects()
    names = dict.fromkeys(live(object_info, "checkpoints") + live(object_info, "unets"))
    takes, gives = [Modality.TEXT, Modality.IMAGE], [Modality.IMAGE]
    return [
        ModelInput(model_id=name, input_modalities=takes, output_modalities=gives)
        for name in names
        if len(name) <= MOST_LETTERS
    ]
