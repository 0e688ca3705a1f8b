"""A job at the provider, from here: its handle is stored before anything else, then it is looked after to its end."""

from datetime import timedelta

import structlog

from spoonfeeder.db.task import Task
from spoonfeeder.durable.ending import until_written
from spoonfeeder.durable.lease import Lease
from spoonfeeder.features.calls.remote import RemoteCall
from spoonfeeder.features.tasks.telling import Telling
from spoonfeeder.providers.errors import Broken, ProviderError, Timeout
from spoonfeeder.providers.media import Look
from spoonfeeder.work import Work

log = structlog.get_logger(__name__)
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
LONGEST_JOB_SECONDS = 12 * 3600.0


class Followed:
    """A remote call of the row in hand."""

    def __init__(self, lease: Lease, row: Task, call: RemoteCall, telling: Telling) -> None:
        self._lease = lease
        self._row = row
        self._call = call
        self._telling = telling
        self._retries = lease.runtime.retries
        self._trouble_since: float | None = None
        waited = row.lease_until - row.sent_at if row.lease_until and row.sent_at else timedelta()
        self._sent_at = self._retries.clock() - waited.total_seconds()

    @property
    def duration_ms(self) -> int:
        return round((self._retries.clock() - self._sent_at) * 1000)

    async def start(self) -> str:
        """Not to be broken off: what was started and is not noted is lost. Raises ProviderError, LeaseLost."""
        handle = await self._call.start()

        async def note(work: Work) -> int:
            await self._call.note_key(work)
            row = await self._lease.write(work, provider_handle=handle)
            return int(row.version)

        self._telling.version = await until_written(self._lease, note) or self._telling.version
        self._lease.in_flight = False
        return handle

    async def wait_for(self, handle: str) -> None:
        """Until it is done. Raises what became of it, Timeout, and what is wrong for too long with asking."""
        pause = FIRST_PAUSE_SECONDS
        self._telling.tell("The provider is at work.", self._row.progress)
        while True:
            await self._retries.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            self._lease.require()
            look = await self._look(handle)
            if look is not None:
                # A worker that dies while it merely waits is no sign of a poisonous row.
                self._lease.beat_values["crashes"] = 0
                self._telling.tell("The provider is at work.", look.progress)
                if look.is_done:
                    return
            self._require_patience()

    async def _look(self, handle: str) -> Look | None:
        """None where asking did not work, and may later."""
        try:
            look = await self._call.look(handle)
        except ProviderError as error:
            may_pass = error.retryable or isinstance(error, Broken)
            if error.job_ended or not may_pass or self._is_too_long():
                raise
            log.warning("look_failed", code=error.code)
            return None
        self._trouble_since = None
        return look

    def _is_too_long(self) -> bool:
        now = self._retries.clock()
        self._trouble_since = self._trouble_since or now
        return now - self._trouble_since > self._lease.runtime.settings.provider_away_minutes * 60

    def _require_patience(self) -> None:
        if self._retries.clock() - self._sent_at > LONGEST_JOB_SECONDS:
            ended = Timeout("The provider has been at it for twelve hours; that is waited for no longer.")
            ended.job_ended = True
            raise ended
