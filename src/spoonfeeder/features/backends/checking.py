"""Asking machines how they are, in the worker: each one every few seconds, by one process."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.errors import ComfyError, Unreachable
from spoonfeeder.comfy.locate import QueueView
from spoonfeeder.comfy.versions import SystemInfo
from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.errands import Errand
from spoonfeeder.durable.line import PENDING, in_state
from spoonfeeder.durable.sweep import MOST_RINGS, guarded
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.backends import queries, strays
from spoonfeeder.features.backends.state import GENERATIONS, NOTHING_KNOWN, changed, forget_misfits
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

AT_ONCE = 20
ASK_SECONDS = 8.0
DOWN_SECONDS = 2.0
"""So soon is one asked again that does not answer: work may wait for it."""


class Silent(Unreachable):
    """ComfyUI did not answer in time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a machine that answers said of itself. `settled`: nothing of ours is left there from before."""

    queue: QueueView
    system: SystemInfo | None
    settled: bool


async def find_unasked(work: Work) -> Sequence[Errand]:
    """Reserves, of all workspaces, the machines that nobody asked for a while, and asks them all at once."""
    table = ComfyBackend
    present = select(Profile.id).where(Profile.deleted_at.is_(None))
    due = select(table.id).where(table.enabled, table.profile_id.in_(present), _is_due(work.runtime))
    longest = due.order_by(table.checked_at.nulls_first(), table.id).limit(AT_ONCE)
    taken = update(table).where(table.id.in_(longest.with_for_update(key_share=True, skip_locked=True)))
    rows = (
        await work.session.execute(taken.values(checked_at=func.now()).returning(table.id, table.workspace_id))
    ).all()
    return [partial(_ask_all, work.runtime, rows)] if rows else []


def _is_due(runtime: Runtime) -> ColumnElement[bool]:
    """With BACKEND_CHECK_SECONDS=0 only those are asked that are known to be down."""
    table, seconds = ComfyBackend, runtime.settings.backend_check_seconds
    is_down = and_(table.status == BackendStatus.DOWN, _older(DOWN_SECONDS))
    return or_(is_down, table.checked_at.is_(None), _older(seconds)) if seconds else is_down


def _older(seconds: float) -> ColumnElement[bool]:
    return ComfyBackend.checked_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)


async def _ask_all(runtime: Runtime, rows: Sequence[Row[UUID, UUID]]) -> None:
    asked = (guarded("ask_backend", ask(runtime, User(workspace_id), backend_id)) for backend_id, workspace_id in rows)
    await asyncio.gather(*asked)


async def ask(runtime: Runtime, actor: User, backend_id: UUID) -> None:
    """Asks one now and keeps what it said. Raises BackendNotFound."""
    async with open_work(runtime, actor) as work:
        row, profile = await queries.get(work, backend_id)
    try:
        client = queries.client_of(runtime, row, profile).client
        seen: Seen | AppError = await _look(runtime, actor, row, client)
    except AppError as error:
        seen = error
    async with open_work(runtime, actor) as work:
        locked = await _lock(work, row)
        if locked is None:
            return
        if isinstance(seen, AppError):
            _failed(work, locked, seen)
        else:
            await _answered(work, locked, seen)


async def _look(runtime: Runtime, actor: User, row: ComfyBackend, client: ComfyClient) -> Seen:
    """Raises ComfyError."""
    try:
        async with asyncio.timeout(ASK_SECONDS):
            queue = await client.queue()
            async with open_work(runtime, actor) as work:
                found = await strays.find(work, row, queue)
            if found.prompt_ids:
                await strays.cancel(client, found)
                queue = await client.queue()
            return Seen(queue, await _system(row, client), found.are_all)
    except TimeoutError:
        raise Silent(f"ComfyUI at {row.url} did not answer in time.", maybe_done=True) from None


async def _system(row: ComfyBackend, client: ComfyClient) -> SystemInfo | None:
    """At most a minute old; read anew when it was away, since it may be another version now."""
    try:
        return await client.system(fresh=row.status != BackendStatus.UP)
    except ComfyError:
        return None


def _failed(work: Work, row: ComfyBackend, error: AppError) -> None:
    """Down at once where nobody listens; what is only slow gets a second chance."""
    is_certain = row.status != BackendStatus.UP or row.message is not None or _is_refused(error)
    row.message = error.message
    if not is_certain or row.status == BackendStatus.DOWN:
        return
    row.status = BackendStatus.DOWN
    row.down_since = row.down_since or row.checked_at
    for name, value in NOTHING_KNOWN.items():
        setattr(row, name, value)
    work.emit(changed(row))


def _is_refused(error: AppError) -> bool:
    return isinstance(error, Unreachable) and not error.maybe_done


async def _answered(work: Work, row: ComfyBackend, seen: Seen) -> None:
    came_up = row.status != BackendStatus.UP
    before = (row.status, row.queue_running, row.queue_pending)
    row.status, row.message = BackendStatus.UP, None
    row.queue_running, row.queue_pending = len(seen.queue.running), len(seen.queue.pending)
    is_back = came_up or (seen.settled and row.down_since is not None)
    if seen.settled:
        row.down_since = None
    if seen.system is not None:
        row.comfyui_version = seen.system.version or None
        row.device = ", ".join(device.name for device in seen.system.devices)[:255] or None
    if (row.status, row.queue_running, row.queue_pending) != before:
        work.emit(changed(row))
    if is_back:
        await work.session.flush()
        await forget_misfits(work, row.id)
        await _call_waiting(work, row.profile_id)


async def _lock(work: Work, asked: ComfyBackend) -> ComfyBackend | None:
    """None where it is gone, has another address by now, or has failed meanwhile. Its time is that of the answer."""
    same = (ComfyBackend.url == asked.url, ComfyBackend.down_since.is_not_distinct_from(asked.down_since))
    mine = visible(select(ComfyBackend), work.actor).where(ComfyBackend.id == asked.id, *same)
    row: ComfyBackend | None = await work.session.scalar(mine.with_for_update(key_share=True))
    if row is not None:
        row.checked_at = await work.session.scalar(select(func.now()))
    return row


async def _call_waiting(work: Work, profile_id: UUID) -> None:
    """What waits for a machine of the profile need not wait for its next attempt, and waits for its turn only."""
    table = Generation
    waiting = (table.profile_id == profile_id, in_state(table, PENDING), table.waiting_since.is_not(None))
    due = await lock_rows(work.session, table, *waiting, table.held_at.is_(None), skip_locked=True)
    values = {"run_after": func.now(), "waiting_reason": None, "waiting_since": None, "updated_at": table.updated_at}
    called = update(table).where(due).values(values).returning(table.id)
    for _ in (await work.session.execute(called)).scalars().all()[:MOST_RINGS]:
        work.ring(GENERATIONS)
