"""Reading the machines of the profiles that are there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from spoonfeeder.comfy.backends import Backend
from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.line import RUNNING, in_state
from spoonfeeder.features.auth.access import visible, visible_rows
from spoonfeeder.features.backends import keys
from spoonfeeder.features.backends.schemas import BackendOut, QueueLength
from spoonfeeder.features.profiles import service as profiles
from spoonfeeder.features.profiles.comfyui import NotComfyUI, find_profile
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work

ORDER = (ComfyBackend.is_own.desc(), ComfyBackend.created_at, ComfyBackend.id)
Both = Row[ComfyBackend, Profile]


class BackendNotFound(NotFound):
    """This ComfyUI machine does not exist."""

    code = "BACKEND_NOT_FOUND"


def _present(work: Work) -> Select[ComfyBackend, Profile]:
    joined = select(ComfyBackend, Profile).join(Profile, Profile.id == ComfyBackend.profile_id)
    return visible_rows(visible_rows(joined, ComfyBackend, work.actor), Profile, work.actor)


async def page(work: Work, profile_id: UUID | None, limit: int) -> list[BackendOut]:
    """By profile in the workspace's order, the profile's own address first. Raises ProfileNotFound, NotComfyUI."""
    wanted = _present(work).order_by(*profiles.ORDER, *ORDER).limit(limit)
    if profile_id is not None:
        await comfyui_profile(work, profile_id)
        wanted = wanted.where(ComfyBackend.profile_id == profile_id)
    return await _shown(work, (await work.session.execute(wanted)).all())


async def comfyui_profile(work: Work, profile_id: UUID, *, for_update: bool = False) -> Profile:
    """Raises ProfileNotFound, NotComfyUI."""
    if for_update:
        await profiles.get(work, profile_id, for_update=True)
    profile = await find_profile(work, profile_id)
    if profile is None:
        raise NotComfyUI
    return profile


async def get(work: Work, backend_id: UUID) -> Both:
    """The machine and its profile. Raises BackendNotFound."""
    found = (await work.session.execute(_present(work).where(ComfyBackend.id == backend_id))).one_or_none()
    if found is None:
        raise BackendNotFound
    return found


async def show(work: Work, backend_id: UUID) -> BackendOut:
    """Raises BackendNotFound."""
    return (await _shown(work, [await get(work, backend_id)]))[0]


async def of_profile(work: Work, profile: Profile) -> Sequence[ComfyBackend]:
    """Those that are switched on, its own address first."""
    mine = visible(select(ComfyBackend), work.actor).where(ComfyBackend.profile_id == profile.id, ComfyBackend.enabled)
    return (await work.session.scalars(mine.order_by(*ORDER))).all()


def client_of(runtime: Runtime, row: ComfyBackend, profile: Profile) -> Backend:
    """Raises KeyUnreadable."""
    return runtime.backends.get(row.url, keys.unseal(runtime.cipher, row, profile))


async def _shown(work: Work, found: Sequence[Both]) -> list[BackendOut]:
    busy = await _ours(work, [row.id for row, _ in found])
    return [_one_shown(work, row, profile, busy.get(row.id, 0)) for row, profile in found]


async def _ours(work: Work, backend_ids: Iterable[UUID]) -> Mapping[UUID | None, int]:
    running = visible(select(Generation.backend_id, func.count()), work.actor).where(
        in_state(Generation, RUNNING), Generation.backend_id.in_(list(backend_ids))
    )
    found = await work.session.execute(running.group_by(Generation.backend_id))
    return dict(found.all())


def _one_shown(work: Work, row: ComfyBackend, profile: Profile, ours: int) -> BackendOut:
    mask = keys.masked(work.runtime.cipher, row, profile)
    is_known = row.queue_running is not None and row.queue_pending is not None
    made: dict[str, Any] = {
        "api_key": mask,
        "has_api_key": mask is not None,
        "effective_slots": row.slots or work.runtime.settings.comfyui_slots,
        "down_since": row.down_since if row.status == BackendStatus.DOWN else None,
        "queue": QueueLength(running=row.queue_running, pending=row.queue_pending) if is_known else None,
        "ours": ours,
    }
    columns = {name: getattr(row, name) for name in BackendOut.model_fields if name not in made}
    return BackendOut(**columns, **made)
