"""Reading notifications: a person sees their own and those for everybody of the workspace."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.pagination import Cursor
from spoonfeeder.db.notification import Notification
from spoonfeeder.features.auth.access import visible_rows
from spoonfeeder.work import Work


class NotificationNotFound(NotFound):
    """This notification does not exist."""

    code = "NOTIFICATION_NOT_FOUND"


COLUMNS = Notification.__table__.c


def mine(work: Work, *columns: Any) -> Select[Any]:
    is_for_me = or_(COLUMNS.user_id.is_(None), COLUMNS.user_id == work.user.user_id)
    return visible_rows(select(*columns), COLUMNS, work.actor).where(is_for_me)


async def page(work: Work, *, unread: bool, limit: int, cursor: Cursor | None) -> tuple[Sequence[Any], str | None]:
    """The newest first, and the cursor of what follows, if anything does."""
    statement = mine(work, *COLUMNS).order_by(COLUMNS.created_at.desc(), COLUMNS.id.desc())
    if unread:
        statement = statement.where(COLUMNS.read_at.is_(None))
    if cursor is not None:
        statement = statement.where(tuple_(COLUMNS.created_at, COLUMNS.id) < tuple_(cursor.created_at, cursor.id))
    rows = (await work.session.execute(statement.limit(limit + 1))).all()
    shown = rows[:limit]
    more = str(Cursor(shown[-1].created_at, shown[-1].id)) if len(rows) > limit else None
    return shown, more


async def get(work: Work, notification_id: UUID) -> Any:
    """Raises NotificationNotFound."""
    row = (await work.session.execute(mine(work, *COLUMNS).where(COLUMNS.id == notification_id))).one_or_none()
    if row is None:
        raise NotificationNotFound
    return row


async def count_unread(work: Work) -> int:
    unread = mine(work, func.count(COLUMNS.id)).where(COLUMNS.read_at.is_(None))
    return int((await work.session.execute(unread)).scalar_one())
