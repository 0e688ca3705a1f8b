"""The one order in which rows are locked, so that no two transactions wait for each other.

A schedule, a task, a profile, its sessions, its workflows, generations, then machines, prompts and presets; of one
table by id. Who counts a generation in its session thus locks the session first. No lock keeps foreign keys out
(`key_share`), so an INSERT waits for none of them. See docs/decisions/0009.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.db.comfyui import Generation, Session


async def lock_rows(
    session: AsyncSession, table: type[Any], *conditions: ColumnElement[bool], skip_locked: bool = False
) -> ColumnElement[bool]:
    """Locks what meets `conditions`; gives a condition that only these rows meet, and none that comes meanwhile."""
    statement = select(table.id).where(*conditions).order_by(table.id)
    ids = await session.scalars(statement.with_for_update(key_share=True, skip_locked=skip_locked))
    return table.id == any_(literal(list(ids), ARRAY(Uuid())))  # type: ignore[no-any-return]


async def lock_session_of(session: AsyncSession, generation_id: UUID) -> None:
    its_session = select(Generation.session_id).where(Generation.id == generation_id)
    await lock_rows(session, Session, Session.id == its_session.scalar_subquery())
