"""`/api/notifications`"""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from spoonfeeder.core.pagination import Cursor, PageSize
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth.depends import ReadWork, WriteWork
from spoonfeeder.features.notifications import queries, service
from spoonfeeder.features.notifications.schemas import MarkedRead, NotificationOut, NotificationPage

router = Router(prefix="/api/notifications", tags=["notifications"])


@router.get("")
async def list_notifications(
    work: ReadWork,
    unread: bool = False,
    limit: PageSize = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> NotificationPage:
    """Yours and those for everybody of the workspace, newest first; with `unread` only what was not read."""
    place = Cursor.read(cursor) if cursor else None
    rows, more = await queries.page(work, unread=unread, limit=limit, cursor=place)
    data = [NotificationOut.model_validate(row) for row in rows]
    return NotificationPage(data=data, unread_count=await queries.count_unread(work), next_cursor=more)


@router.post("/read")
async def mark_notifications_read(work: WriteWork) -> Ok[MarkedRead]:
    """All of them."""
    return Ok(data=MarkedRead(marked=await service.mark_all_read(work)))


@router.post("/{notification_id}/read")
async def mark_notification_read(work: WriteWork, notification_id: UUID) -> Ok[NotificationOut]:
    await service.mark_read(work, notification_id)
    return Ok(data=NotificationOut.model_validate(await queries.get(work, notification_id)))


@router.delete("/{notification_id}")
async def delete_notification(work: WriteWork, notification_id: UUID) -> Done:
    await service.remove(work, notification_id)
    return Done(message="The notification is removed.")
