"""The last net under the database: what a client caused is a 4xx, what the server lost is a 503 (R30, F11-F14)."""

import socket

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from spoonfeeder.core.errors import AppError, Conflict, Invalid, NotFound, Unavailable

# https://www.postgresql.org/docs/16/errcodes-appendix.html
UNIQUE_VIOLATION = "23505"
FOREIGN_KEY_VIOLATION = "23503"
LOCK_NOT_AVAILABLE = "55P03"
DATA_CLASS, INTEGRITY_CLASS = "22", "23"
TRANSIENT_CLASSES = frozenset({"08", "40", "53", "57", "58"})  # connection, rollback, resources, intervention, system


class Refused(Invalid):
    """The database could not store one of the values; look for unusual characters or very large numbers."""


class AlreadyThere(Conflict):
    """Something with this name or id is already there."""


class InUse(Conflict):
    """Something else still needs this row."""


class Missing(NotFound):
    """Something that this request refers to is not there any more."""


def sqlstate_of(error: BaseException | None) -> str | None:
    """The five-character code of a PostgreSQL error, wrapped by SQLAlchemy or not."""
    while error is not None:
        state = getattr(error, "sqlstate", None)
        if isinstance(state, str):
            return state
        error = error.orig if isinstance(error, DBAPIError) else error.__cause__
    return None


def as_app_error(error: BaseException) -> AppError | None:
    """What a database error means to the client; None for a bug of ours."""
    state = sqlstate_of(error)
    if state is None:
        return Unavailable() if _is_lost_connection(error) else None
    if state == UNIQUE_VIOLATION:
        return AlreadyThere()
    if state == FOREIGN_KEY_VIOLATION:
        return Missing() if "insert or update" in str(error) else InUse()
    if state[:2] in {DATA_CLASS, INTEGRITY_CLASS}:
        return Refused()
    if state[:2] in TRANSIENT_CLASSES or state == LOCK_NOT_AVAILABLE:
        return Unavailable()
    return None


def _is_lost_connection(error: BaseException) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # SQLAlchemy passes on what asyncpg meets while connecting; a missing socket, unlike a missing file, has no name.
    if isinstance(error, FileNotFoundError):
        return error.filename is None
    # InternalError without a state is the driver's own: it has read the server's farewell, and not yet the end.
    of_database = PoolTimeout | OperationalError | InterfaceError | InternalError
    return isinstance(error, of_database | ConnectionError | TimeoutError | socket.gaierror)
