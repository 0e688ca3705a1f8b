"""What the machines of a profile have, all together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from spoonfeeder.comfy.backends import Backend
from spoonfeeder.comfy.options import options
from spoonfeeder.core.actor import User
from spoonfeeder.core.crypto import KeyUnreadable
from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.backends import queries
from spoonfeeder.features.profiles.comfyui import find_profile
from spoonfeeder.features.profiles.schemas import OptionLists, OptionSource
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work


@dataclass(frozen=True, slots=True)
class Machine:
    """One that is not known to be down is asked, the others only remembered."""

    backend: Backend
    is_down: bool

    async def told(self, *, is_needed: bool) -> "Told | None":
        """Its `/object_info`; None where nothing is known of it."""
        live = None if self.is_down else await self.backend.live_objects(is_needed=is_needed)
        object_info = live or self.backend.known_objects
        return Told(object_info, is_live=live is not None) if object_info else None


@dataclass(frozen=True, slots=True)
class Told:
    object_info: dict[str, Any]
    is_live: bool


async def machines_of(work: Work, profile: Profile) -> list[Machine]:
    """Those that are switched on and whose key can be read, the profile's own address first."""
    found = []
    for row in await queries.of_profile(work, profile):
        try:
            backend = queries.client_of(work.runtime, row, profile)
        except KeyUnreadable:
            continue
        found.append(Machine(backend, row.status == BackendStatus.DOWN))
    return found


async def ask(machines: Sequence[Machine], *, is_needed: bool = False) -> list[Told]:
    """All at once; no transaction may be open meanwhile. Where it `is_needed`, first answers are waited for longer."""
    answers = await asyncio.gather(*(machine.told(is_needed=is_needed) for machine in machines))
    return [told for told in answers if told is not None]


async def read_options(runtime: Runtime, actor: User, profile_id: UUID | None) -> OptionLists:
    """Live where one of the machines answers soon. Raises ProfileNotFound, NotComfyUI."""
    async with open_work(runtime, actor) as work:
        profile = await find_profile(work, profile_id)
        machines = [] if profile is None else await machines_of(work, profile)
    told = await ask(machines)
    lists = await asyncio.to_thread(options, *(each.object_info for each in told))
    return OptionLists(source=_source(told), **lists)


def _source(told: Sequence[Told]) -> OptionSource:
    if any(each.is_live for each in told):
        return OptionSource.LIVE
    return OptionSource.CACHED if told else OptionSource.BUILTIN
