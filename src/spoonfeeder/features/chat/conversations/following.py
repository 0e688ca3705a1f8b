"""Reading an answer while it is written: from memory where this process writes it, else from its row.

`id` of every event is the offset behind it in code points: who comes back with it misses and repeats nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import asdict
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.server_sent_events import event
from spoonfeeder.core.vocabulary import MessageRole, MessageStatus
from spoonfeeder.db.chat import Message
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.chat.conversations.asking import Asked
from spoonfeeder.features.chat.conversations.live import Live, Outcome
from spoonfeeder.features.chat.conversations.tree import MessageNotFound
from spoonfeeder.features.chat.conversations.writing import Answers
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

READ_SECONDS = 0.5
COLUMNS = (
    *("id", "conversation_id", "status", "provider", "model", "finish_reason", "usage", "cost_usd", "duration_ms"),
    *("error", "error_code"),
)
FAILED = {MessageStatus.FAILED, MessageStatus.PARTIAL}


async def follow_asked(asked: Asked) -> AsyncGenerator[bytes]:
    """Of an answer that this request has begun."""
    yield _first_words(asked.live.conversation_id, asked.user_message_id, asked.message_id, 0)
    async for chunk in _follow_live(asked.live, 0):
        yield chunk


async def follow(
    runtime: Runtime, answers: Answers, actor: User, message: Message, offset: int = 0
) -> AsyncGenerator[bytes]:
    """`message` with the ids, at once; `delta`s from `offset` on; then `usage` where it is known, and `done`, or
    `error` where the answer broke off.
    """
    message_id = message.id
    yield _first_words(message.conversation_id, message.parent_id, message_id, offset)
    live = answers.get(message_id)
    if live is not None:
        async for chunk in _follow_live(live, offset):
            yield chunk
        return
    while True:
        async with open_work(runtime, actor) as work:
            row = await read(work, message_id, offset)
        if row.rest:
            offset += len(row.rest)
            yield _delta(row.rest, offset)
        if row.status != MessageStatus.STREAMING:
            break
        await asyncio.sleep(READ_SECONDS)
    for chunk in _last_words(dict(row._mapping), offset):
        yield chunk


async def read(work: Work, message_id: UUID, offset: int = 0) -> Any:
    """How the message is now, with `rest`: its text from `offset` on. Raises MessageNotFound."""
    rest = func.substr(Message.content, offset + 1).label("rest")
    statement = visible(select(*(getattr(Message, name) for name in COLUMNS), rest), work.actor)
    row = (await work.session.execute(statement.where(Message.id == message_id))).one_or_none()
    if row is None:
        raise MessageNotFound
    return row


async def _follow_live(live: Live, offset: int) -> AsyncGenerator[bytes]:
    async for text, end in live.follow(offset):
        offset = end
        yield _delta(text, end)
    outcome = await live.ended()
    for chunk in _last_words(_told(live, outcome), offset):
        yield chunk


def _first_words(conversation_id: UUID, user_message_id: UUID | None, message_id: UUID, offset: int) -> bytes:
    ids = {"conversation_id": conversation_id, "user_message_id": user_message_id, "message_id": message_id}
    return event(orjson.dumps(ids, default=str), name="message", id=offset)


def _told(live: Live, outcome: Outcome) -> dict[str, Any]:
    provider = live.answering.call.source.provider if live.answering else None
    same = {"id": live.id, "conversation_id": live.conversation_id, "provider": provider}
    return same | outcome.columns() | {"usage": asdict(outcome.usage)}


def _delta(text: str, offset: int) -> bytes:
    return event(orjson.dumps({"text": text}), name="delta", id=offset)


@cache
def _statuses() -> dict[str, int]:
    """By the codes of all errors, since a row keeps no status."""
    return {kind.code: kind.status for kind in _kinds(AppError)}


def _kinds(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def _last_words(row: dict[str, Any], offset: int) -> Iterator[bytes]:
    usage = row["usage"] or {}
    if any(count is not None for count in usage.values()):
        yield event(orjson.dumps(usage, default=str), name="usage", id=offset)
    told = {"message_id": row["id"], "conversation_id": row["conversation_id"], "status": row["status"]}
    if row["status"] in FAILED:
        code = row["error_code"]
        failure = {
            "success": False,
            "error": row["error"] or "",
            "code": code,
            "statusCode": _statuses().get(code, 502),
        }
        yield event(orjson.dumps(failure | told, default=str), name="error", id=offset)
        return
    same = {name: row[name] for name in ("provider", "model", "finish_reason", "duration_ms")}
    cost = None if row["cost_usd"] is None else float(row["cost_usd"])
    done = {"role": MessageRole.ASSISTANT, **same, "usage": usage or None, "cost_usd": cost, **told}
    yield event(orjson.dumps(done, default=str), name="done", id=offset)
