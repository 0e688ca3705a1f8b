"""How many archives one person reads at a time from this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError

AT_ONCE = 2
_reading: Counter[tuple[UUID, UUID | None]] = Counter()


class TooManyArchives(AppError):
    """You are reading two archives already; wait until one of them has ended."""

    status = 429
    code = "TOO_MANY_ARCHIVES"


@contextmanager
def turn(actor: User) -> Iterator[None]:
    """Raises TooManyArchives."""
    who = (actor.workspace_id, actor.user_id)
    if _reading[who] >= AT_ONCE:
        raise TooManyArchives(headers={"Retry-After": "10"})
    _reading[who] += 1
    try:
        yield
    finally:
        _reading[who] -= 1
        if not _reading[who]:
            del _reading[who]
