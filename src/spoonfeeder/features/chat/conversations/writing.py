"""The answers that this process writes: each by a task that belongs to its row, not to any request (R22).

Only that task and the saver write the row, with its fence; the lease is renewed with each save. Without the database
the readers here go on reading, and saving is tried again.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.core.errors import AppError, Unavailable
from spoonfeeder.core.server_sent_events import GRACE_SECONDS, Streams
from spoonfeeder.core.vocabulary import MessageStatus
from spoonfeeder.features.calls.call import Answering, Call
from spoonfeeder.features.chat.conversations import saving
from spoonfeeder.features.chat.conversations.attachments import loaded
from spoonfeeder.features.chat.conversations.live import Ending, Live, Outcome
from spoonfeeder.providers.base import TextDelta, Usage
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work

log = structlog.get_logger(__name__)
SAVE_SECONDS = 0.7
PATIENCE_SECONDS = 5.0
"""Readers are told of the end when it is saved, or after this time while the database is away."""
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 0.2, 5.0


class ServerStopped(AppError):
    """The server was stopped while the model answered; ask for the answer again."""

    status = 503
    code = "SERVER_STOPPED"


class Answers:
    """Opens with `open_answers`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._live: dict[UUID, Live] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def require_open(self) -> None:
        """Raises Unavailable when this process is about to end."""
        if self._closing:
            raise Unavailable("This server is about to stop; try again shortly.")

    def get(self, message_id: UUID) -> Live | None:
        """The answer, if this process writes it."""
        return self._live.get(message_id)

    def start(self, live: Live, call: Call) -> None:
        """To be called once the row is committed."""
        self._live[live.id] = live
        self._keep(self._write(live, call))
        if self._closing:
            live.end(Ending.SHUTDOWN)

    def stop(self, message_id: UUID) -> None:
        live = self._live.get(message_id)
        if live is not None:
            live.end(Ending.STOPPED)

    def _keep(self, step: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(step)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _write(self, live: Live, call: Call) -> None:
        streaming = self._keep(self._stream(live, call))
        live.written_by(streaming)
        if self._closing:
            live.end(Ending.SHUTDOWN)
        await asyncio.wait({streaming})
        outcome = _outcome(live, call, streaming)
        telling = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, live.close, outcome)
        try:
            if live.ending is not Ending.LOST:
                await self._save_end(live, outcome)
        finally:
            telling.cancel()
            self._live.pop(live.id, None)
            live.close(outcome)

    async def _stream(self, live: Live, call: Call) -> None:
        await self._runtime.adapters.load(call.connection.provider)
        whole = replace(call, request=await loaded(self._runtime, call.request))
        live.answering = Answering(self._runtime, live.actor, whole)
        async with aclosing(live.answering.deltas()) as deltas:
            async for delta in deltas:
                if isinstance(delta, TextDelta) and delta.text:
                    live.append(delta.text)

    async def _save_end(self, live: Live, outcome: Outcome) -> None:
        pause = FIRST_RETRY_SECONDS
        while True:
            try:
                return await saving.save_end(self._runtime, live, outcome)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("answer_not_saved_yet", message_id=str(live.id), error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_RETRY_SECONDS)

    async def save_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + SAVE_SECONDS, loop.time())
            await asyncio.sleep(due - loop.time())
            workspaces = {live.actor.workspace_id for live in self._live.values()}
            await asyncio.gather(*(self._save(workspace_id) for workspace_id in workspaces))

    async def _save(self, workspace_id: UUID) -> None:
        mine = {live.id: live for live in self._live.values() if live.actor.workspace_id == workspace_id}
        try:
            found = await saving.save(self._runtime, workspace_id, list(mine.values()))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("answers_not_saved", answers=len(mine), error=type(error).__name__)
            return
        for message_id, live in mine.items():
            if message_id not in found:
                live.end(Ending.LOST)
            elif found[message_id]:
                live.end(Ending.STOPPED)

    async def end_abandoned(self, work: Work) -> None:
        """For the sweep: answers whose writer has died become `partial`; our own are ours, whatever their lease."""
        await saving.end_abandoned(work, list(self._live))

    async def close(self, within_seconds: float) -> None:
        """Takes no more; what has not ended in time is ended as `partial`, and saved."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=within_seconds)
        for live in list(self._live.values()):
            live.end(Ending.SHUTDOWN)
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=PATIENCE_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _outcome(live: Live, call: Call, streaming: asyncio.Task[None]) -> Outcome:
    answering = live.answering
    finish = answering.finish if answering else None
    if finish is not None:
        status, error = MessageStatus.COMPLETE, None
    else:
        status, error = _broken_off(live, streaming)
    return Outcome(
        status=status,
        model=finish.model if finish else call.request.model,
        finish_reason=finish.reason if finish else None,
        usage=answering.usage if answering else Usage(),
        cost_usd=answering.cost_usd if answering else None,
        duration_ms=answering.duration_ms if answering else None,
        error=error,
    )


def _broken_off(live: Live, streaming: asyncio.Task[None]) -> tuple[MessageStatus, AppError | None]:
    if live.ending is Ending.STOPPED:
        return MessageStatus.CANCELLED, None
    if live.ending is not None or streaming.cancelled():
        return MessageStatus.PARTIAL, ServerStopped()
    error = streaming.exception()
    if not isinstance(error, AppError):
        log.error("answer_failed", message_id=str(live.id), exc_info=error)
        error = AppError()
    return MessageStatus.PARTIAL if live.length else MessageStatus.FAILED, error


@asynccontextmanager
async def open_answers(runtime: Runtime, streams: Streams) -> AsyncIterator[Answers]:
    """`streams` are those of this process: when they are closed, the answers are given a little time to end."""
    answers = Answers(runtime)
    streams.writers.append(partial(answers.close, within_seconds=GRACE_SECONDS))
    saver = asyncio.create_task(answers.save_for_ever())
    try:
        yield answers
    finally:
        await answers.close(within_seconds=0)
        saver.cancel()
        await asyncio.gather(saver, return_exceptions=True)
