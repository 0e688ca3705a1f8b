"""The rows of answers while and when they are written; every statement carries the fence (R5, R23)."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, Uuid, all_, bindparam, case, func, literal, select, text, update

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import MessageStatus
from spoonfeeder.db.chat import Message
from spoonfeeder.durable.line import in_state
from spoonfeeder.features.chat.conversations.live import Live, Outcome
from spoonfeeder.realtime.events import ResourceChanged
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

MOST_AT_ONCE = 500
SAVE = text(
    """
    WITH mine AS MATERIALIZED (
        SELECT messages.id, given.content FROM messages
        JOIN unnest(:ids, :fences, :texts) given (id, fence, content)
            ON given.id = messages.id AND given.fence = messages.fence
        WHERE messages.status = 'streaming' AND messages.workspace_id = :workspace_id
        ORDER BY messages.id FOR NO KEY UPDATE OF messages
    )
    UPDATE messages SET content = coalesce(mine.content, messages.content),
        lease_until = now() + make_interval(secs => :lease_seconds)
    FROM mine WHERE messages.id = mine.id
    RETURNING messages.id, messages.stop_requested_at
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("fences", type_=ARRAY(Integer)),
    bindparam("texts", type_=ARRAY(Text)),
    bindparam("workspace_id", type_=Uuid()),
)
"""In the order of ids, as everything that locks more than one message."""


class Interrupted(AppError):
    """The server broke off while the model answered; ask for the answer again."""

    status = 503
    code = "INTERRUPTED"


def lease_end(runtime: Runtime) -> Any:
    return func.now() + func.make_interval(0, 0, 0, 0, 0, 0, runtime.settings.lease_seconds)


async def save(runtime: Runtime, workspace_id: UUID, answers: Sequence[Live]) -> dict[UUID, bool]:
    """Writes the changed texts of one workspace and renews the leases.

    Gives those that are still ours, and whether somebody asked for their stop.
    """
    lengths = {live.id: live.length for live in answers}
    given = {
        "ids": [live.id for live in answers],
        "fences": [live.fence for live in answers],
        "texts": [live.since(0) if live.length > live.saved_length else None for live in answers],
        "workspace_id": workspace_id,
        "lease_seconds": runtime.settings.lease_seconds,
    }
    async with asyncio.timeout(runtime.settings.lease_seconds / 2), open_work(runtime, User(workspace_id)) as work:
        rows = (await work.session.execute(SAVE, given)).all()
    for live in answers:
        live.saved_length = lengths[live.id]
    return {row.id: row.stop_requested_at is not None for row in rows}


async def save_end(runtime: Runtime, live: Live, outcome: Outcome) -> None:
    """The whole text and how it ended, unless somebody else has ended the row."""
    ours = (Message.id == live.id, Message.fence == live.fence, in_state(Message, MessageStatus.STREAMING))
    ended = {"content": live.since(0), "lease_until": None, "completed_at": func.now(), **outcome.columns()}
    async with open_work(runtime, live.actor) as work:
        await work.session.execute(update(Message).where(*ours).values(**ended))
        work.tell_change("conversation", live.conversation_id, "updated")


async def end_abandoned(work: Work, mine: Sequence[UUID]) -> None:
    """In all workspaces, save those that this process itself still writes."""
    abandoned = (
        select(Message.id)
        .where(in_state(Message, MessageStatus.STREAMING), Message.lease_until < func.now())
        .where(Message.id != all_(literal(list(mine), ARRAY(Uuid()))))
        .order_by(Message.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(key_share=True, skip_locked=True)
    )
    was_stopped = Message.stop_requested_at.is_not(None)
    error = Interrupted()
    ended = {
        "status": case((was_stopped, MessageStatus.CANCELLED), else_=MessageStatus.PARTIAL),
        "fence": Message.fence + 1,
        "lease_until": None,
        "completed_at": func.now(),
        "error": case((was_stopped, None), else_=error.message),
        "error_code": case((was_stopped, None), else_=error.code),
    }
    statement = update(Message).where(Message.id.in_(abandoned)).values(**ended)
    rows = await work.session.execute(statement.returning(Message.workspace_id, Message.conversation_id))
    for workspace_id, conversation_id in rows:
        work.emit(ResourceChanged(workspace_id=workspace_id, kind="conversation", id=conversation_id, change="updated"))
