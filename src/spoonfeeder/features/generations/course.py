"""The course of one held generation: find it or submit it, follow it, keep what it made (ARCHITECTURE §5, R6, R7)."""

import asyncio
from contextlib import ExitStack, suppress

import structlog
from sqlalchemy import func

from spoonfeeder.comfy.backends import Backend
from spoonfeeder.comfy.client import Accepted
from spoonfeeder.comfy.errors import LOST, Broken, ComfyError, Failure, Refused, Stalled, Unreachable
from spoonfeeder.comfy.events import (
    End,
    Failed,
    FinalImage,
    Interrupted,
    Lost,
    Preview,
    Progress,
    RunEvent,
    Started,
    Succeeded,
)
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.locate import Absent
from spoonfeeder.comfy.run import follow
from spoonfeeder.core.errors import AppError
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.lease import Lease
from spoonfeeder.features.backends import state
from spoonfeeder.features.generations import announce, moving, outcomes
from spoonfeeder.features.generations.batches import progress
from spoonfeeder.features.generations.collect import Collected, collect, found_after_restart
from spoonfeeder.features.generations.fingerprint import Fingerprint
from spoonfeeder.features.generations.submission import prepare
from spoonfeeder.features.generations.verifying import verified
from spoonfeeder.realtime.relay import Relay, Run
from spoonfeeder.storage.protocol import StorageFull, StorageUnavailable
from spoonfeeder.work import open_work

log = structlog.get_logger(__name__)
MOST_SUBMITS = 10
FEED_WAIT_SECONDS = 1.0
AWAY_SECONDS = 10.0
ABSENCES = 3
ABSENCE_GAP_SECONDS = 0.25
CANCEL_AGAIN_SECONDS = 0.5


class Course:
    """Raises LeaseLost and what the database raises; everything else ends in a state of the row.

    `is_up`: its machine is known to answer.
    """

    def __init__(self, lease: Lease, row: Generation, graph: Graph, backend: Backend, *, is_up: bool) -> None:
        self._lease = lease
        self._is_up = is_up
        self._runtime = lease.runtime
        self._row = row
        self._graph = graph
        self._backend = backend
        self._prompt_id = row.prompt_id or str(row.id)
        self._submits = row.submit_count
        self._started_at = row.started_at
        self._images: list[FinalImage] = []
        self._warnings: list[str] = list(row.warnings)
        self._fingerprint = Fingerprint(backend, graph, row.fingerprint)
        self._relay = self._new_relay(row.version)

    async def run(self) -> None:
        if self._row.cancel_requested_at is not None:
            self._lease.cancel_requested.set()
        canceller = asyncio.create_task(self._cancel_when_asked())
        try:
            await self._to_the_end()
        except Unreachable as error:
            await moving.wait(self._lease, self._row, error.message)
        except (StorageFull, StorageUnavailable) as error:
            await outcomes.wait(self._lease, self._row, error.message)
        except (Refused, Stalled) as error:
            await outcomes.fail(self._lease, error.failure)
        except ComfyError:
            raise
        except AppError as error:
            await outcomes.fail(self._lease, Failure(error.code, error.message))
        finally:
            self._relay.close()
            self._fingerprint.close()
            canceller.cancel()
            with suppress(asyncio.CancelledError):
                await canceller

    async def _to_the_end(self) -> None:
        present = self._submits > 0 and not await self._is_absent()
        while True:
            if not present and await self._ended_unseen():
                return
            end = await self._follow(submit=not present)
            if not isinstance(end, Lost):
                await self._conclude(end)
                return
            present = False

    async def _is_absent(self) -> bool:
        """Absent counts only when it was seen three times, apart (R6)."""
        for again in range(ABSENCES):
            if again:
                await asyncio.sleep(ABSENCE_GAP_SECONDS)
            if not isinstance(await self._backend.client.look(self._prompt_id), Absent):
                return False
        return True

    async def _ended_unseen(self) -> bool:
        """For a prompt that ComfyUI does not have: whether this is its end after all."""
        if self._submits > 0:
            client = self._backend.client
            kept = await found_after_restart(self._runtime, client, self._row, self._graph, self._submits)
            if kept is not None:
                await self._complete(kept)
                return True
        if self._lease.cancel_requested.is_set():
            await outcomes.cancelled(self._lease)
            return True
        if self._submits >= MOST_SUBMITS:
            await outcomes.fail(self._lease, LOST)
            return True
        return False

    async def _follow(self, *, submit: bool) -> End:
        feed = await self._backend.feed()
        stalled_seconds = self._runtime.settings.comfyui_stalled_minutes * 60
        with ExitStack() as watches:
            watch = watches.enter_context(feed.watch(self._prompt_id, self._graph))
            if submit and not await self._submit():
                return Lost(self._prompt_id, LOST)
            self._fingerprint.ask()
            if watch.prompt_id != self._prompt_id:
                watch = watches.enter_context(feed.watch(self._prompt_id, self._graph))
            events = follow(self._backend.client, watch, away_seconds=AWAY_SECONDS, stalled_seconds=stalled_seconds)
            async for event in events:
                ended = await self._take(event)
                if ended is not None:
                    return ended
        raise Broken("The run ended without an end.")

    async def _submit(self) -> bool:
        """Intent before effect (R6): the row knows of the submit before ComfyUI does. False: it was cancelled first."""
        submission = await prepare(self._runtime, self._backend, self._row, self._graph, self._submits + 1)
        feed = await self._backend.feed()
        await feed.wait_connected(FEED_WAIT_SECONDS)
        async with open_work(self._runtime, self._lease.actor) as work:
            intent = {"submit_count": self._submits + 1, "submitted_at": func.now()}
            row = await self._lease.write(work, **intent, **self._fingerprint.of_submit(submission.inputs))
        if row.cancel_requested_at is not None:
            self._lease.cancel_requested.set()
            return False
        self._submits += 1
        self._images.clear()
        self._relay = self._new_relay(row.version)
        self._lease.require()
        try:
            accepted = await self._backend.client.submit(
                submission.graph,
                prompt_id=self._prompt_id,
                client_id=feed.client_id,
                extra_data=submission.extra_data,
            )
        except ComfyError as error:
            if not error.maybe_done:
                raise
            log.warning("submit_outcome_unknown", code=error.code)
            if await self._is_absent():
                raise
            return True
        await self._accepted(accepted)
        return True

    async def _accepted(self, accepted: Accepted) -> None:
        refused = [f"An output was left out: {fault['message']}" for fault in accepted.refused]
        self._warnings += [warning for warning in refused if warning not in self._warnings]
        if accepted.prompt_id != self._prompt_id:
            self._prompt_id = accepted.prompt_id
            async with open_work(self._runtime, self._lease.actor) as work:
                row = await self._lease.write(work, prompt_id=accepted.prompt_id)
            self._relay = self._new_relay(row.version)

    async def _take(self, event: RunEvent) -> End | None:
        if isinstance(event, Succeeded | Failed | Interrupted | Lost):
            return event
        # A worker that dies while it merely waits for ComfyUI is no sign of a poisonous row; and ComfyUI is there.
        self._lease.beat_values |= {"crashes": 0, "waiting_since": None}
        match event:
            case Started():
                await self._mark_started()
            case Progress(percent=percent, title=title, class_type=class_type, node=node):
                name = (title or class_type or node or "")[:255] or None
                self._lease.beat_values.update(progress=max(percent, self._percent), current_node=name)
                self._relay.progress(percent, name)
            case Preview(image=image, media_type=media_type):
                self._relay.preview(image, media_type)
            case FinalImage():
                self._images.append(event)
        return None

    async def _mark_started(self) -> None:
        """The first start is told; a start after a loss is not, since nothing changed for the reader."""
        if self._started_at is not None:
            return
        waits_no_more = {"waiting_reason": None, "waiting_since": None}
        async with open_work(self._runtime, self._lease.actor) as work:
            row = await self._lease.write(work, started_at=func.now(), **waits_no_more, **self._fingerprint.news())
            work.emit(announce.of_state(row))
            if row.backend_id is not None and not self._is_up:
                await state.mark_up(work, row.backend_id)
            await progress.tell(work, [row])
        self._started_at = row.started_at
        self._relay.close()
        self._relay = self._new_relay(row.version)

    @property
    def _percent(self) -> int:
        """Where the row stands; a run that begins anew does not fall behind it."""
        beaten: int = self._lease.beat_values.get("progress", 0)
        return max(self._row.progress, beaten)

    def _new_relay(self, version: int) -> Relay:
        row = self._row
        path = f"/api/comfyui/generations/{row.id}/preview"
        run = Run(row.workspace_id, row.id, row.session_id, version, self._prompt_id, path, self._percent)
        return Relay(run, self._runtime.dispatcher, self._runtime.live)

    async def _conclude(self, end: Succeeded | Failed | Interrupted) -> None:
        self._relay.close()
        self._lease.beat_values.pop("crashes", None)
        self._lease.require()
        if isinstance(end, Interrupted) and self._lease.cancel_requested.is_set():
            await outcomes.cancelled(self._lease)
            return
        missed = isinstance(end, Succeeded) and end.missed_events
        kept = await collect(
            self._runtime,
            self._backend.client,
            self._row,
            self._graph,
            end.entry or {},
            self._images,
            missed_events=missed,
        )
        if isinstance(end, Succeeded):
            await self._complete(kept)
        else:
            await outcomes.fail(self._lease, end.failure, kept)

    async def _complete(self, kept: Collected) -> None:
        told = await self._fingerprint.last_news()
        verification = await verified(self._runtime, self._row, kept, self._fingerprint.value)
        await outcomes.complete(self._lease, kept, self._warnings, told | verification)

    async def _cancel_when_asked(self) -> None:
        """Stops only this prompt, again and again until the course ends, since a submit may be on its way just now."""
        await self._lease.cancel_requested.wait()
        while True:
            self._lease.require()
            try:
                await self._backend.client.cancel(self._prompt_id)
            except ComfyError as error:
                log.warning("cancel_failed", code=error.code)
            await asyncio.sleep(CANCEL_AGAIN_SECONDS)
