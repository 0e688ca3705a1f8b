"""Events of tasks, made from whole rows."""

from typing import Any

from spoonfeeder.core.vocabulary import TaskStatus
from spoonfeeder.realtime.events import (
    TaskCancelled,
    TaskCompleted,
    TaskCreated,
    TaskEvent,
    TaskFailed,
    TaskStarted,
)

SHOWN_LETTERS = 200


def of_state(row: Any) -> TaskEvent:
    """The event that tells the present state of the row; a result is read by REST."""
    known: dict[str, Any] = {
        "workspace_id": row.workspace_id,
        "id": row.id,
        "version": row.version,
        "progress": row.progress,
    }
    match TaskStatus(row.status):
        case TaskStatus.PENDING:
            return TaskCreated(**known, task=_shown(row))
        case TaskStatus.RUNNING:
            return TaskStarted(**known, started_at=row.started_at.isoformat() if row.started_at else "")
        case TaskStatus.COMPLETE:
            return TaskCompleted(**known)
        case TaskStatus.FAILED:
            return TaskFailed(**known, error=row.error or "", code=row.error_code)
        case TaskStatus.CANCELLED:
            return TaskCancelled(**known)


def _shown(row: Any) -> dict[str, Any]:
    names = ("id", "name", "type", "provider", "model", "status", "progress", "priority", "waiting_reason")
    return {name: getattr(row, name) for name in names} | {"prompt": row.prompt[:SHOWN_LETTERS]}
