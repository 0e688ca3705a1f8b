"""The live side of a running task: how far it is, to the browsers at once and to the live store for latecomers."""

from functools import partial
from itertools import count
from uuid import UUID

from spoonfeeder.durable.lease import Lease
from spoonfeeder.realtime.coalesce import Coalescer
from spoonfeeder.realtime.events import TaskProgress

PER_SECOND = 3
LONGEST_MESSAGE = 255


class Telling:
    """`version` is the row's since it runs, `percent` where it stands already. Neither call blocks or raises."""

    def __init__(self, lease: Lease, version: int, percent: int) -> None:
        self._lease = lease
        self.version = version
        self._percent = percent
        self._message: str | None = None
        self._n = count(1)
        self._coalescer: Coalescer[UUID, None] = Coalescer(self._send, per_second=PER_SECOND)

    def tell(self, message: str | None, percent: int | None = None) -> None:
        """What is 100 % for the provider is not yet kept by us."""
        self._percent = max(self._percent, min(percent or 0, 99))
        self._message = message[:LONGEST_MESSAGE] if message else None
        self._lease.beat_values |= {"progress": self._percent, "message": self._message}
        self._coalescer.offer(self._lease.claimed.id, None)

    def close(self) -> None:
        """Sends the last; to be called before the end is told."""
        self._coalescer.close()

    def _send(self, _: None) -> None:
        runtime, claimed = self._lease.runtime, self._lease.claimed
        event = TaskProgress(
            workspace_id=claimed.workspace_id,
            id=claimed.id,
            version=self.version,
            n=next(self._n),
            progress=self._percent,
            message=self._message,
        )
        runtime.dispatcher.emit(event)
        known = {"seq": event.seq, "progress": self._percent, "message": self._message}
        runtime.dispatcher.do(partial(runtime.live.set_progress, claimed.id, known))
