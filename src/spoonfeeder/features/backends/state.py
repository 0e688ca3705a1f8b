"""What is known of how a machine answers, written by whoever spoke with it.

Rows of machines are locked after all others (docs/decisions/0019), so a generation may be in hand meanwhile.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, func, update

from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.db.backend import ComfyBackend, Misfit
from spoonfeeder.realtime.events import BackendChanged
from spoonfeeder.work import Work

GENERATIONS = "generations"
"""The line whose workers are called."""
NOT_ASKED: dict[str, Any] = {
    "status": BackendStatus.UNKNOWN,
    "message": None,
    "checked_at": None,
    "down_since": None,
    "comfyui_version": None,
    "device": None,
    "queue_running": None,
    "queue_pending": None,
    "loaded_checkpoint": None,
}
"""Of a machine that is new at its address, as the trigger of a profile's own sets it."""
NOTHING_KNOWN: dict[str, Any] = {"queue_running": None, "queue_pending": None, "loaded_checkpoint": None}
"""Of a machine that does not answer: it may have been started anew."""


async def mark_down(work: Work, backend_id: UUID, message: str) -> None:
    """It does not answer; `message` is for a person. Nothing happens where that is known."""
    values = {"message": message, "checked_at": func.now(), **NOTHING_KNOWN}
    began = func.coalesce(ComfyBackend.down_since, func.now())
    await _turn(work, backend_id, BackendStatus.DOWN, down_since=began, **values)


async def mark_up(work: Work, backend_id: UUID) -> None:
    """It answers; what did not fit on it may fit now. Nothing happens where that is known.

    `down_since` stays until a check has looked for what it still runs from before.
    """
    if await _turn(work, backend_id, BackendStatus.UP, message=None):
        await forget_misfits(work, backend_id)


async def _turn(work: Work, backend_id: UUID, status: BackendStatus, **values: Any) -> bool:
    mine: tuple[ColumnElement[bool], ...] = (ComfyBackend.id == backend_id, ComfyBackend.status != status)
    turned = update(ComfyBackend).where(*mine).values(status=status, **values)
    row = (await work.session.execute(turned.returning(*ComfyBackend.__table__.columns))).one_or_none()
    if row is not None:
        work.emit(changed(row))
    return row is not None


async def forget_misfits(work: Work, backend_id: UUID) -> None:
    await work.session.execute(delete(Misfit).where(Misfit.backend_id == backend_id))


def changed(row: ComfyBackend | Row[Any]) -> BackendChanged:
    """The event that says how it is now."""
    return BackendChanged(
        workspace_id=row.workspace_id,
        id=row.id,
        profile_id=row.profile_id,
        status=BackendStatus(row.status),
        message=row.message,
        enabled=row.enabled,
        draining=row.draining,
        queue_running=row.queue_running,
        queue_pending=row.queue_pending,
    )
