"""Room for generations: which machine of its profile a row goes to (decision 0019)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
    update,
)

from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.db.backend import ComfyBackend, Misfit
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.line import PENDING, RUNNING, Line, Opening, due, in_state
from spoonfeeder.durable.slots import Slots, stay
from spoonfeeder.work import Work

TAKES_WORK = and_(ComfyBackend.enabled, ~ComfyBackend.draining)
DOES_NOT_FIT = and_(Misfit.backend_id == ComfyBackend.id, Misfit.created_at > func.now() - text("interval '5 minutes'"))
"""What is known of a machine, for as long as it counts."""
OUTSIDE = Slots(Generation.backend_url, lambda settings: settings.comfyui_slots, Generation.profile_id.is_(None))
"""Rows without a profile stay at their address."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One that may be given work; `busy` are our rows there, of whatever profile, `queued` all that it told of.

    Graphs whose needs are among `misfits` do not run on it.
    """

    id: UUID
    profile_id: UUID
    url: str
    is_down: bool
    slots: int
    busy: int
    queued: int
    loaded_checkpoint: str | None
    misfits: frozenset[str]

    @property
    def free(self) -> int:
        return max(self.slots - self.busy, 0)

    def preference(self, checkpoint: str | None) -> tuple[Any, ...]:
        """The least first: idle ones, those that have the checkpoint in memory or else none, the least loaded."""
        load = max(self.busy, self.queued)
        is_cold = checkpoint != self.loaded_checkpoint
        displaces = is_cold and self.loaded_checkpoint is not None
        return self.is_down, load > 0, is_cold, displaces, load / self.slots, self.id


class Machines:
    """The room of the line of generations."""

    def takes(self, line: Line) -> ColumnElement[bool]:
        """What a machine with a free slot can take; one that is down is tried where no other is left."""
        somewhere = or_(_suits("open"), and_(_suits("fallen"), ~_suits("standing")))
        return or_(OUTSIDE.takes(line), and_(Generation.profile_id.is_not(None), somewhere))

    async def look(self, work: Work, line: Line) -> Opening:
        outside = await OUTSIDE.look(work, line)
        machines = await _machines(work)
        values = {**outside.values, **_values(machines)}

        async def count() -> int:
            free = sum(machine.free for machine in machines)
            found = int(await work.session.scalar(_counted(line), values) or 0) if free else 0
            return min(found, free) + await outside.count()

        return Opening(values, partial(_place, work, machines), count)


@cache
def _counted(line: Line) -> Any:
    is_ours = Generation.profile_id.is_not(None)
    return select(func.count()).select_from(Generation).where(due(line), is_ours, line.room.takes(line))


def _values(machines: Sequence[Machine]) -> dict[str, Any]:
    standing = [machine for machine in machines if not machine.is_down]
    groups = {
        "open": [machine for machine in standing if machine.free],
        "fallen": [machine for machine in machines if machine.is_down and machine.free],
        "standing": standing,
    }
    values: dict[str, Any] = {}
    for name, group in groups.items():
        values[f"{name}_machines"] = [machine.id for machine in group]
        values[f"{name}_profiles"] = list({machine.profile_id for machine in group})
        values[f"{name}_misfits"] = list(_unfit(group))
    return values


def _unfit(machines: Sequence[Machine]) -> Iterator[str]:
    """Profile and needs of what none of the profile's machines can run."""
    for profile_id in {machine.profile_id for machine in machines}:
        yield from (f"{profile_id} {needs}" for needs in _fits_nowhere(machines, profile_id))


def _suits(group: str) -> ColumnElement[bool]:
    """Rows that one of these machines can run, as far as is known."""
    bound = _bound()
    misfit = func.concat(Generation.profile_id, " ", Generation.needs_sha256)
    fits = and_(
        bound.is_(None),
        Generation.profile_id == _any(f"{group}_profiles"),
        misfit != all_(bindparam(f"{group}_misfits", type_=ARRAY(Text()))),
    )
    return or_(fits, and_(bound.is_not(None), bound == _any(f"{group}_machines")))


def _any(name: str) -> Any:
    return any_(bindparam(name, type_=ARRAY(Uuid())))


def _bound() -> ColumnElement[Any]:
    """The machine where a row was submitted, as long as that stands, else the one that was asked for, if any."""
    submitted_there = and_(Generation.submit_count > 0, Generation.backend_id == _any("standing_machines"))
    return case((submitted_there, Generation.backend_id), else_=Generation.wanted_backend_id)


BUSY = (
    select(Generation.backend_url, func.count().label("number"))
    .where(in_state(Generation, RUNNING))
    .group_by(Generation.backend_url)
    .subquery()
)
KNOWN_MISFITS: Any = select(func.array_agg(Misfit.needs_sha256, type_=ARRAY(Text()))).where(DOES_NOT_FIT)
TAKING_WORK = (
    select(ComfyBackend, func.coalesce(BUSY.c.number, 0), KNOWN_MISFITS.scalar_subquery())
    .join(Profile, Profile.id == ComfyBackend.profile_id)
    .outerjoin(BUSY, BUSY.c.backend_url == ComfyBackend.url)
    .where(TAKES_WORK, Profile.deleted_at.is_(None))
    .where(ComfyBackend.profile_id.in_(select(Generation.profile_id).where(in_state(Generation, PENDING))))
)
"""The machines of profiles that have rows waiting."""


async def _machines(work: Work) -> list[Machine]:
    usual_slots = work.runtime.settings.comfyui_slots
    found = (await work.session.execute(TAKING_WORK)).all()
    return _with_a_last_resort([_machine(row, busy, misfits, usual_slots) for row, busy, misfits in found])


def _with_a_last_resort(machines: Sequence[Machine]) -> list[Machine]:
    """What fits on none of a profile's machines is given to any of them, whose refusal says what is wrong."""
    nowhere = {profile_id: _fits_nowhere(machines, profile_id) for profile_id in {each.profile_id for each in machines}}
    return [replace(each, misfits=each.misfits - nowhere[each.profile_id]) for each in machines]


def _fits_nowhere(machines: Sequence[Machine], profile_id: UUID) -> frozenset[str]:
    return frozenset.intersection(*(each.misfits for each in machines if each.profile_id == profile_id))


def _machine(row: ComfyBackend, busy: int, misfits: list[str] | None, usual_slots: int) -> Machine:
    return Machine(
        id=row.id,
        profile_id=row.profile_id,
        url=row.url,
        is_down=row.status == BackendStatus.DOWN,
        slots=row.slots or usual_slots,
        busy=busy,
        queued=(row.queue_running or 0) + (row.queue_pending or 0),
        loaded_checkpoint=row.loaded_checkpoint,
        misfits=frozenset(misfits or ()),
    )


ASKED = (_bound().label("bound"), Generation.profile_id, Generation.needs_sha256, Generation.checkpoint_name)
WISHES = select(*ASKED).where(Generation.id == bindparam("row_id", type_=Uuid()))


async def _place(work: Work, machines: Sequence[Machine], row_id: UUID) -> Mapping[str, Any]:
    """The machine's columns of the row; the machine is noted to have its checkpoint in memory soon."""
    standing = [machine.id for machine in machines if not machine.is_down]
    row = (await work.session.execute(WISHES, {"row_id": row_id, "standing_machines": standing})).one()
    free = [machine for machine in machines if machine.free and _takes(machine, row)]
    if not free:
        return await stay(row_id)
    chosen = min(free, key=lambda machine: machine.preference(row.checkpoint_name))
    if row.checkpoint_name not in (None, chosen.loaded_checkpoint):
        loaded = update(ComfyBackend).where(ComfyBackend.id == chosen.id)
        await work.session.execute(loaded.values(loaded_checkpoint=row.checkpoint_name))
    return {"backend_id": chosen.id, "backend_url": chosen.url}


def _takes(machine: Machine, row: Any) -> bool:
    if row.bound is not None:
        return bool(machine.id == row.bound)
    return machine.profile_id == row.profile_id and row.needs_sha256 not in machine.misfits
