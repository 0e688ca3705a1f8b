"""The course of one held task with its present target: ask, keep what comes, or decide what follows a failure."""

import asyncio
from collections.abc import Awaitable
from contextlib import aclosing, suppress
from typing import Any, TypeVar
from uuid import UUID, uuid5

from sqlalchemy import func

from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import CallStatus, Provider
from spoonfeeder.db.task import Task
from spoonfeeder.durable.ending import until_written
from spoonfeeder.durable.lease import Lease, LeaseLost
from spoonfeeder.features.calls.call import Answering
from spoonfeeder.features.calls.making import Making
from spoonfeeder.features.calls.opening import Call
from spoonfeeder.features.calls.remote import RemoteCall
from spoonfeeder.features.calls.speech import plain_name
from spoonfeeder.features.tasks import asking, outcomes
from spoonfeeder.features.tasks.asking import Question
from spoonfeeder.features.tasks.keeping import forget, keep_files
from spoonfeeder.features.tasks.produced import Produced, measures_of, plain_text, require_whole
from spoonfeeder.features.tasks.remote import Followed
from spoonfeeder.features.tasks.retrying import Again, GiveUp, MoveOn, Situation, decide
from spoonfeeder.features.tasks.targets import targets_of
from spoonfeeder.features.tasks.telling import Telling
from spoonfeeder.features.usage.rows import Ending, close_unknown
from spoonfeeder.providers.base import TextDelta, Usage
from spoonfeeder.providers.errors import ProviderError
from spoonfeeder.providers.media import Craft, InputFile, Made
from spoonfeeder.work import Work, open_work

CANCEL_SECONDS = 5.0
START_SECONDS = 10.0
"""So long a cancel waits for the handle of a job that is being started, without which nobody can call it off."""
Brought = TypeVar("Brought")


class CancelAsked(Exception):
    """Somebody wants the task to end."""


class Course:
    """Raises LeaseLost and what the database raises; everything else ends in a state of the row."""

    def __init__(self, lease: Lease, row: Task) -> None:
        self._lease = lease
        self._runtime = lease.runtime
        self._row = row
        self._target = asking.present_target(row)
        self._is_paid = self._target.provider is not Provider.OLLAMA
        self._handle = row.provider_handle
        self._call_id = row.call_id if row.provider_handle else None
        self._remote: RemoteCall | None = None
        self._asked: Answering | Making | None = None
        self._telling = Telling(lease, row.version, row.progress)
        self._said: list[str] = []
        self._heard_seconds: float | None = None

    async def run(self) -> None:
        try:
            produced = await self._produced()
        except CancelAsked:
            await self._cancel()
        except AppError as error:
            self._telling.close()
            await self._settle(error)
        else:
            self._telling.close()
            await self._complete(produced)
        finally:
            self._telling.close()

    async def _produced(self) -> Produced:
        question, call = await self._opened()
        if question.craft is None:
            return await self._until_cancelled(self._answered(question, call))
        if question.is_remote:
            return await self._made_remotely(question, question.craft, call)
        return await self._until_cancelled(self._made(question, question.craft, call))

    async def _opened(self) -> tuple[Question, Call[Any]]:
        """Intent before effect (R9): the row knows of the call before the provider does."""
        await self._runtime.adapters.load(self._target.provider)
        inputs = await self._inputs() if self._row.inputs else ()
        self._lease.require()
        if self._handle is not None:
            async with open_work(self._runtime, self._lease.actor) as work:
                question = await asking.find_question(work, self._row, inputs)
                return question, await asking.open_again(work, self._row, question)

        async def intent(work: Work) -> tuple[Question, Call[Any], int]:
            question = await asking.find_question(work, self._row, inputs)
            if self._row.call_id is not None:
                await close_unknown(work, self._row.call_id)
            call = await asking.open_call(work, self._row, question)
            self._row.call_id = call.id  # for the next try, should this one be committed and its answer lost
            started = await outcomes.mark_started(work, self._lease, sent_at=func.now(), call_id=call.id)
            return question, call, started.version

        try:
            opened = await until_written(self._lease, intent)
            await self._lease.confirm()
        except BaseException:
            # Whatever became of that transaction, nothing was sent.
            self._lease.beat_values["sent_at"] = None
            raise
        if opened is None:
            raise LeaseLost
        question, call, self._telling.version = opened
        self._call_id = call.id
        self._lease.in_flight = self._is_paid
        return question, call

    async def _inputs(self) -> tuple[InputFile, ...]:
        async with open_work(self._runtime, self._lease.actor) as work:
            files = await asking.find_inputs(work, self._row)
        self._heard_seconds = sum(each.duration_seconds or 0 for each in files) or None
        return await asking.read_inputs(self._runtime.storage, files)

    async def _answered(self, question: Question, call: Call[Any]) -> Produced:
        self._asked = answering = Answering(self._runtime, self._lease.actor, call, once=True)
        words = 0
        async with aclosing(answering.deltas()) as deltas:
            async for delta in deltas:
                if isinstance(delta, TextDelta) and delta.text:
                    self._said.append(delta.text)
                    words += delta.text.count(" ") + delta.text.count("\n")
                    self._telling.tell(f"About {words + 1} words so far.")
        finish = answering.finish
        assert finish is not None
        return Produced(
            source=question.source,
            model=finish.model,
            text="".join(self._said),
            outputs=(),
            usage=answering.usage,
            finish=finish.reason,
            duration_ms=answering.duration_ms,
            cost_usd=answering.cost_usd,
        )

    async def _made(self, question: Question, craft: Craft, call: Call[Any]) -> Produced:
        self._telling.tell("The provider is at work.")
        self._asked = making = Making(self._runtime, self._lease.actor, call, craft)
        async with making:
            made = await making.make()
            require_whole(craft, made)
            outputs = await self._kept(craft, call.id, made)
            measured = measures_of(craft, made, outputs, self._heard_seconds)
            making.measured(measured)
        return Produced(
            source=question.source,
            model=plain_name(made.model, call.request.model),
            text=plain_text(made),
            outputs=outputs,
            usage=made.usage,
            finish=made.finish,
            duration_ms=making.duration_ms,
            cost_usd=making.cost_usd,
            more=measured,
        )

    async def _made_remotely(self, question: Question, craft: Craft, call: Call[Any]) -> Produced:
        self._remote = remote = RemoteCall(self._runtime, self._lease.actor, call, craft)
        followed = Followed(self._lease, self._row, remote, self._telling)
        if self._handle is None:
            self._handle = await self._until_cancelled(followed.start(), grace_seconds=START_SECONDS)
        await self._until_cancelled(followed.wait_for(self._handle))
        made, outputs = await self._until_cancelled(self._collected(remote, self._handle, craft))
        measured = measures_of(craft, made, outputs, self._heard_seconds)
        return Produced(
            source=question.source,
            model=remote.model_of(made),
            text=plain_text(made),
            outputs=outputs,
            usage=made.usage,
            finish=made.finish,
            duration_ms=followed.duration_ms,
            cost_usd=remote.cost_of(made, measured, self._row.sent_at),
            more=measured,
        )

    async def _collected(self, remote: RemoteCall, handle: str, craft: Craft) -> tuple[Made, list[Any]]:
        made = await remote.collect(handle)
        require_whole(craft, made)
        return made, await self._kept(craft, remote.call.id, made)

    async def _kept(self, craft: Craft, call_id: UUID, made: Made) -> list[Any]:
        if made.files:
            self._telling.tell("Keeping what was made.")
        place = uuid5(call_id, str(self._lease.claimed.fence))
        return await keep_files(self._runtime, self._row, place, craft, made.files)

    async def _until_cancelled(self, step: Awaitable[Brought], *, grace_seconds: float = 0) -> Brought:
        """Raises CancelAsked; the step, which has so long to come to its own end, has ended by then."""
        work = asyncio.ensure_future(step)
        asked = asyncio.ensure_future(self._lease.cancel_requested.wait())
        try:
            await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and grace_seconds:
                await asyncio.wait({work}, timeout=grace_seconds)
            if work.done():
                return await work
            raise CancelAsked
        finally:
            for task in (work, asked):
                task.cancel()
            await asyncio.gather(work, asked, return_exceptions=True)

    async def _complete(self, produced: Produced) -> None:
        try:
            await outcomes.complete(self._lease, produced, self._ending(CallStatus.COMPLETE, produced))
        except LeaseLost:
            await forget(self._runtime, produced.outputs)
            raise

    async def _cancel(self) -> None:
        if self._remote is not None and self._handle is not None:
            with suppress(ProviderError, TimeoutError):
                async with asyncio.timeout(CANCEL_SECONDS):
                    await self._remote.cancel(self._handle)
        self._telling.close()
        await outcomes.cancelled(self._lease, self._ending(CallStatus.CANCELLED))

    async def _settle(self, error: AppError) -> None:
        is_over = self._handle is None or getattr(error, "job_ended", False)
        plan = decide(error, self._situation(has_handle=not is_over), self._runtime.retries.throw())
        ending = self._ending(CallStatus.FAILED, code=error.code)
        match plan:
            case Again():
                kept = None if not is_over else ending
                await outcomes.again(self._lease, self._row, error, plan, keeps_handle=not is_over, ending=kept)
            case MoveOn():
                await outcomes.move_on(self._lease, self._row, error, ending)
            case GiveUp(code=code, message=message):
                await outcomes.fail(self._lease, code, message, partial="".join(self._said), ending=ending)

    def _situation(self, *, has_handle: bool) -> Situation:
        row = self._row
        waited = row.lease_until - row.waiting_since if row.waiting_since and row.lease_until else None
        return Situation(
            attempt=row.attempt,
            max_attempts=row.max_attempts,
            has_fallback=row.target + 1 < len(targets_of(row)),
            is_paid=self._is_paid,
            has_handle=has_handle,
            waited_seconds=max(0.0, waited.total_seconds()) if waited else 0.0,
            away_seconds=self._runtime.settings.provider_away_minutes * 60,
        )

    def _ending(self, status: CallStatus, produced: Produced | None = None, code: str | None = None) -> Ending | None:
        """Other calls than remote ones close their row themselves, unless the database is away or they never began."""
        unclosed = self._asked.unclosed if self._asked else None
        if self._remote is None and (unclosed or produced):
            return unclosed
        if self._remote is None:
            return Ending(self._call_id, status, 0, Usage(), None, None, code) if self._call_id else None
        if produced is None:
            return self._remote.ending(status, code=code)
        return self._remote.ending(status, produced.usage, produced.cost_usd)
