"""Events of generations, made from whole rows as `RETURNING` and `SHOWN` give them."""

from typing import Any

import orjson

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.realtime.events import (
    GenerationCancelled,
    GenerationCompleted,
    GenerationEvent,
    GenerationFailed,
    GenerationQueued,
    GenerationStarted,
)


def of_state(row: Any) -> GenerationEvent:
    """The event that tells the present state of the row."""
    known: dict[str, Any] = {
        "workspace_id": row.workspace_id,
        "id": row.id,
        "session_id": row.session_id,
        "version": row.version,
        "progress": row.progress,
        "current_node": row.current_node,
        "prompt_id": row.prompt_id,
    }
    match GenerationStatus(row.status):
        case GenerationStatus.PENDING:
            return GenerationQueued(**known, waiting_reason=row.waiting_reason)
        case GenerationStatus.RUNNING:
            return GenerationStarted(**known)
        case GenerationStatus.COMPLETED:
            outputs = row.outputs if isinstance(row.outputs, list) else orjson.loads(row.outputs)
            return GenerationCompleted(**known, outputs=outputs, generation_time_seconds=row.generation_time_seconds)
        case GenerationStatus.FAILED:
            return GenerationFailed(**known, error=row.error or "", code=row.error_code)
        case GenerationStatus.CANCELLED:
            return GenerationCancelled(**known)
