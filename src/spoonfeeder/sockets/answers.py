"""What a client is told of what it asked for: `{ok: true}`, or a sentence and its code."""

import logging
from collections.abc import Awaitable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.core.errors import AppError, Unavailable

Answer = dict[str, Any]

log = logging.getLogger(__name__)


async def answer(step: Awaitable[None]) -> Answer:
    """The acknowledgement of an event."""
    try:
        await step
    except Exception as error:  # noqa: BLE001 - told and logged
        refusal = refusal_of(error)
        return {"ok": False, "error": refusal.message, "code": refusal.code}
    return {"ok": True}


def refusal_of(error: Exception) -> AppError:
    """What may be told of it; the rest is for the log."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, SQLAlchemyError | OSError):
        log.warning("the database does not answer the sockets: %s", type(error).__name__)
    else:
        log.error("a step of a socket failed", exc_info=error)
    return Unavailable()
