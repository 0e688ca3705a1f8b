"""Slow upkeep: old notifications go, read or not."""

from sqlalchemy import delete, func, text

from spoonfeeder.db.notification import Notification
from spoonfeeder.work import Work

KEPT = text("interval '30 days'")


async def purge_notifications(work: Work) -> None:
    await work.session.execute(delete(Notification).where(Notification.created_at < func.now() - KEPT))
