"""Generations whose profile has no machine that takes new work are told so, and told when it has one again."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.durable.line import PENDING, in_state
from spoonfeeder.features.generations import announce
from spoonfeeder.features.generations.machines import TAKES_WORK
from spoonfeeder.work import Work

NOWHERE = "No machine of this profile takes new work; enable one of them."


async def tell_stranded(work: Work) -> None:
    """A chore over all workspaces. The reason is written once, and taken back when it no longer holds."""
    has_machine = select(ComfyBackend.id).where(ComfyBackend.profile_id == Generation.profile_id, TAKES_WORK).exists()
    waiting = and_(in_state(Generation, PENDING), Generation.profile_id.is_not(None), Generation.held_at.is_(None))
    is_told = Generation.waiting_reason.is_not_distinct_from(NOWHERE)
    lost, found = and_(waiting, ~has_machine, ~is_told), and_(waiting, has_machine, is_told)
    if await work.session.scalar(select(Generation.id).where(or_(lost, found)).limit(1)) is not None:
        await _say(work, lost, NOWHERE)
        await _say(work, found, None)


async def _say(work: Work, which: ColumnElement[bool], reason: str | None) -> None:
    locked = await lock_rows(work.session, Generation, which, skip_locked=True)
    told: dict[str, Any] = {"waiting_reason": reason, "version": Generation.version + 1}
    told["updated_at"] = Generation.updated_at
    changed = update(Generation).where(locked, in_state(Generation, PENDING)).values(told)
    for row in await work.session.execute(changed.returning(*Generation.__table__.c)):
        work.emit(announce.of_state(row))
