"""Telling people what happened while they looked elsewhere; what they have read of it."""

from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, text, update

from spoonfeeder.core.vocabulary import NotificationType
from spoonfeeder.db.notification import Notification
from spoonfeeder.features.notifications.queries import COLUMNS, get, mine
from spoonfeeder.realtime import events
from spoonfeeder.work import Work

SAID_LATELY = text("interval '10 minutes'")


async def notify(
    work: Work,
    type: NotificationType,  # noqa: A002 - the word of the contract
    code: str,
    message: str,
    *,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    user_id: UUID | None = None,
    workspace_id: UUID | None = None,
) -> None:
    """Keeps it for the user, or for everybody of the workspace, and tells their open windows.

    While the same `code` of the last ten minutes is unread, that one is counted up and says the newest message.
    `workspace_id` is that of the work, and must be given where the system acts.
    """
    home = workspace_id or work.workspace_id
    told = {"type": type, "message": message, "subject_kind": subject_kind, "subject_id": subject_id}
    unread = (
        Notification.workspace_id == home,
        Notification.user_id.is_not_distinct_from(user_id),
        Notification.code == code,
        Notification.read_at.is_(None),
        Notification.created_at > func.now() - SAID_LATELY,
    )
    # One that somebody else counts up just now is left alone: to wait for it, with rows in hand, is out of order.
    newest = select(Notification.id).where(*unread).order_by(Notification.created_at.desc()).limit(1)
    same = newest.with_for_update(skip_locked=True, key_share=True).scalar_subquery()
    again = update(Notification).where(Notification.id == same).values(**told, count=Notification.count + 1)
    row = (await work.session.execute(again.returning(*COLUMNS))).one_or_none()
    if row is None:
        new = insert(Notification).values(**told, workspace_id=home, user_id=user_id, code=code)
        row = (await work.session.execute(new.returning(*COLUMNS))).one()
    work.emit(_event(row))


def _event(row: Row[tuple[object, ...]]) -> events.Notification:
    named = row._mapping
    names = ("workspace_id", "user_id", "id", "type", "message", "code", "count", "subject_kind", "subject_id")
    return events.Notification(**{name: named[name] for name in names})


async def mark_read(work: Work, notification_id: UUID) -> None:
    """Raises NotificationNotFound."""
    await get(work, notification_id)
    await _mark(work, COLUMNS.id == notification_id)


async def mark_all_read(work: Work) -> int:
    """How many were unread."""
    return await _mark(work)


async def _mark(work: Work, *conditions: ColumnElement[bool]) -> int:
    unread = mine(work, COLUMNS.id).where(COLUMNS.read_at.is_(None), *conditions)
    # Locked in one order, as those of two windows that are marked at the same time may be the same.
    locked = unread.order_by(COLUMNS.id).with_for_update(key_share=True).correlate(None)
    marked = update(Notification).where(COLUMNS.id.in_(locked)).values(read_at=func.now())
    rows = (await work.session.execute(marked.returning(COLUMNS.id, COLUMNS.user_id))).all()
    for row in {row.user_id: row for row in rows}.values():
        _tell(work, row.id, row.user_id, "updated")
    return len(rows)


async def remove(work: Work, notification_id: UUID) -> None:
    """Raises NotificationNotFound."""
    row = await get(work, notification_id)
    await work.session.execute(delete(Notification).where(Notification.id == row.id))
    _tell(work, row.id, row.user_id, "deleted")


def _tell(work: Work, row_id: UUID, user_id: UUID | None, change: events.Change) -> None:
    """Other windows of who sees it; nobody else learns that it was there."""
    about = {"workspace_id": work.workspace_id, "user_id": user_id}
    work.emit(events.ResourceChanged(**about, kind="notification", id=row_id, change=change))
