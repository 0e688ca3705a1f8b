"""Following one prompt to its end: the socket hints, the history decides (ARCHITECTURE 2, PROTOCOL.md 6)."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any, get_args

from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.errors import LOST, ComfyError, Stalled, UnreadableEntry
from spoonfeeder.comfy.events import (
    Closing,
    End,
    Failed,
    FinalImage,
    Left,
    Lost,
    NodeOutput,
    NodeText,
    Preview,
    QueueChanged,
    Queued,
    RunEvent,
    SocketLost,
    Started,
    WatchEvent,
)
from spoonfeeder.comfy.history import read_end
from spoonfeeder.comfy.locate import Absent, Finished, Location, Pending, Running
from spoonfeeder.comfy.progress import ProgressMeter
from spoonfeeder.comfy.watch import Watch

QUIET_SECONDS = 1.0  # without an event for so long, ask; with the poller's interval an end is noticed within 3 s
LONGEST_UNASKED_SECONDS = 30.0
HURRY_SECONDS = 0.2  # after a sign that the queue moved or the socket went
CLOSING_SECONDS = 0.5
ENTRY_PAUSES_SECONDS = (0.0, 0.1, 0.2, 0.4)
IMAGES_SECONDS = 5.0  # images that only the socket brings can arrive after the entry is there
ABSENCES = 3
ABSENCE_GAP_SECONDS = 0.2


async def follow(
    client: ComfyClient, watch: Watch, *, away_seconds: float = 30.0, stalled_seconds: float = 1800.0
) -> AsyncGenerator[RunEvent, None]:
    """The events of a submitted prompt; the last is an `End`: Succeeded, Failed, Interrupted or Lost.

    Raises Unreachable or Broken when ComfyUI gives no usable answer for `away_seconds`, Stalled when for
    `stalled_seconds` neither an event came nor its place in the queue changed. Holds no task or connection of its own.
    """
    follower = _Follower(client, watch, away_seconds, stalled_seconds)
    while True:
        event = await watch.next(follower.seconds_to_look())
        if event is not None:
            for told in follower.hear(event):
                yield told
        if follower.seconds_to_look() > 0:
            continue
        for told in await follower.look():
            yield told
            if isinstance(told, get_args(End)):
                return


class _Follower:
    def __init__(self, client: ComfyClient, watch: Watch, away_seconds: float, stalled_seconds: float) -> None:
        self._client, self._watch = client, watch
        self._prompt_id = watch.prompt_id
        self._away_seconds, self._stalled_seconds = away_seconds, stalled_seconds
        self._loop = asyncio.get_running_loop()
        now = self._loop.time()
        self._look_at, self._looked, self._sign = now + CLOSING_SECONDS, now, now
        self._away_since: float | None = None
        self._absences, self._unreadable, self._last_absence = 0, 0, float("-inf")
        self._place: Location | None = None
        self._started, self._entry_awaited = False, False
        self._finished: tuple[float, Finished] | None = None
        self._images_are_due = False
        self._meter = ProgressMeter(self._prompt_id, watch.graph)
        self._heard = _Heard()

    def seconds_to_look(self) -> float:
        return max(0.0, self._look_at - self._loop.time())

    def hear(self, event: WatchEvent) -> Iterator[RunEvent]:
        """What an event means for the one who follows, and for when to ask ComfyUI itself."""
        now = self._loop.time()
        if isinstance(event, QueueChanged | SocketLost):
            if isinstance(event, SocketLost) or not self._started:
                self._look_at = min(self._look_at, now + HURRY_SECONDS)
            return
        self._sign, self._absences = now, 0
        self._look_at = min(now + QUIET_SECONDS, self._looked + LONGEST_UNASKED_SECONDS)
        self._heard.take(event)
        match event:
            case Closing():
                self._look_at = now + CLOSING_SECONDS
            case Left():
                self._look_at = now
            case _:
                yield from self._tell(event)

    def _tell(self, event: WatchEvent) -> Iterator[RunEvent]:
        if not self._started:
            self._started = True
            yield event if isinstance(event, Started) else Started(self._prompt_id)
        if isinstance(event, Preview | FinalImage | NodeText | NodeOutput):
            yield event
        elif progress := self._meter.hear(event):
            yield progress

    async def look(self) -> list[RunEvent]:
        """Asks ComfyUI; the last of the events is an End when there is one."""
        self._looked = self._loop.time()
        try:
            place = await self._locate()
        except ComfyError as error:
            return self._no_answer(error)
        finally:
            self._look_at = self._loop.time() + QUIET_SECONDS
        self._away_since, self._unreadable = None, 0
        return self._judge(place)

    async def _locate(self) -> Location:
        if self._finished is not None:
            return self._finished[1]
        if self._heard.closed and not self._entry_awaited:
            self._entry_awaited = True
            for pause in ENTRY_PAUSES_SECONDS:
                await asyncio.sleep(pause)
                if (entry := await self._client.history(self._prompt_id)) is not None:
                    return Finished(entry)
        return await self._client.locate(self._prompt_id)

    def _judge(self, place: Location) -> list[RunEvent]:
        now = self._loop.time()
        if isinstance(place, Finished):
            return [] if self._awaits_images(now, place) else [self._end(place.entry)]
        if isinstance(place, Absent):
            return self._absent(now)
        self._absences = 0
        told: list[RunEvent] = []
        if place != self._place:
            self._place, self._sign = place, now
            if isinstance(place, Pending):
                told.append(Queued(self._prompt_id, place.ahead))
        if isinstance(place, Running) and not self._started:
            self._started = True
            told.append(Started(self._prompt_id))
        if now - self._sign > self._stalled_seconds:
            minutes = max(1, round(self._stalled_seconds / 60))
            raise Stalled(
                f"ComfyUI has not moved for {minutes} min: its worker seems to be dead or stuck. Restart ComfyUI."
            )
        return told

    def _awaits_images(self, now: float, place: Finished) -> bool:
        """Until the socket tells the end, too, which comes after the last image; what never comes is missed.

        Only the look after the one that finds them due gives up: where this process stood still meanwhile, what has
        come is read between the two.
        """
        if not self._watch.brings_images:
            return False
        self._finished = self._finished or (now, place)
        if self._watch.holds_images:
            return True
        if self._heard.closed or self._watch.missed:
            return False
        self._watch.missed, self._images_are_due = self._images_are_due, now - self._finished[0] >= IMAGES_SECONDS
        return not self._watch.missed

    def _absent(self, now: float) -> list[RunEvent]:
        if now - self._last_absence >= ABSENCE_GAP_SECONDS:
            self._absences, self._last_absence = self._absences + 1, now
        if self._absences < ABSENCES:
            return []
        entry = self._heard.as_entry()
        return [self._end(entry) if entry else Lost(self._prompt_id, LOST)]

    def _no_answer(self, error: ComfyError) -> list[RunEvent]:
        now = self._loop.time()
        self._away_since = self._away_since or now
        self._unreadable = self._unreadable + 1 if isinstance(error, UnreadableEntry) else 0
        if self._unreadable >= ABSENCES:
            return [Failed(self._prompt_id, None, error.failure)]
        if now - self._away_since >= self._away_seconds:
            raise error
        return []

    def _end(self, entry: Mapping[str, Any]) -> End:
        return read_end(self._prompt_id, entry, self._watch.graph, missed_events=self._watch.missed)


class _Heard:
    """What the socket told of the end, for the case that somebody clears the history before it is read."""

    def __init__(self) -> None:
        self.closed = False
        self._closing: Closing | None = None
        self._outputs: dict[str, Any] = {}

    def take(self, event: WatchEvent) -> None:
        match event:
            case NodeOutput(node=node, output=output):
                self._outputs[node] = output
            case Closing():
                self._closing = event
        self.closed = self.closed or isinstance(event, Closing | Left)

    def as_entry(self) -> dict[str, Any] | None:
        if self._closing is None:
            return None
        return {"outputs": self._outputs, "status": {"messages": [[self._closing.kind, dict(self._closing.data)]]}}
