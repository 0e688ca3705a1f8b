"""The tries of one call: with which key, whether another follows a failed one, and when (R26)."""

from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.core.actor import User
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.calls.opening import Call, connection_of
from spoonfeeder.features.profiles import key_pool
from spoonfeeder.features.profiles.key_pool import Lease, NoKeyLeft
from spoonfeeder.providers.base import Adapter, Connection
from spoonfeeder.providers.errors import ProviderError, QuotaExceeded, RateLimited, Timeout, Unauthorized
from spoonfeeder.providers.retries import is_trouble
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

log = structlog.get_logger(__name__)
TOTAL_SECONDS = 30 * 60.0
REST_SECONDS = 60.0
MOST_KEYS = 20


class Tries:
    """`count` requests were sent so far; `key_id` is the pool's key of the last one.

    With `once` only a key that the provider refuses is followed by another try: when to try again is then the
    caller's to say.
    """

    def __init__(self, runtime: Runtime, actor: User, call: Call[Any], *, once: bool = False) -> None:
        self.count = 0
        self.key_id = call.key_id
        self._runtime = runtime
        self._actor = actor
        self._call = call
        self._connection = call.connection
        self._retries = runtime.retries
        source = call.source
        self._circuit = self._retries.circuit(source.profile_id or (actor.workspace_id, source.kind, source.provider))
        self._ends_at = self._retries.clock() + TOTAL_SECONDS
        self._spare_keys = MOST_KEYS
        self._waits = 0
        self._once = once

    @property
    def seconds_left(self) -> float:
        return self._ends_at - self._retries.clock()

    def require_time(self) -> None:
        """Raises Timeout."""
        if self.seconds_left <= 0:
            raise Timeout

    async def begin(self) -> Adapter:
        """Whom to ask. Raises Overloaded while nobody is asked, NotSupported."""
        connection = await self.enter()
        return self._runtime.adapters.get(connection)

    async def enter(self) -> Connection:
        """The same, of which the caller makes what it needs."""
        await self._runtime.adapters.load(self._connection.provider)
        self._circuit.enter(again=self.count > 0)
        self.count += 1
        return self._connection

    def succeeded(self) -> None:
        self._circuit.answered()

    async def failed(self, error: ProviderError, *, is_last: bool = False) -> None:
        """Returns when another try may begin; raises `error` where none may, or `is_last` says so."""
        self._log(error)
        if is_trouble(error):
            self._circuit.failed()
        else:
            self._circuit.answered()
        has_other_key = self.key_id is not None and await self._change_key(error, is_last=is_last)
        if is_last:
            raise error
        if has_other_key:
            return
        if self._once:
            raise error
        self._waits += 1
        wait = self._retries.wait_after(error, self._waits)
        if wait is None or wait >= self.seconds_left or self._circuit.is_open or not self._circuit.spend_retry():
            raise error
        await self._retries.sleep(wait)

    async def _change_key(self, error: ProviderError, *, is_last: bool) -> bool:
        """Notes what became of the pool's key; whether another one is at hand.

        In two transactions: two that note a key each and wait for the other's would wait for ever.
        """
        pool = self._call.source.pool_of
        try:
            async with open_work(self._runtime, self._actor) as work:
                is_out = await self._note(work, error)
            if is_last or not is_out or pool is None or self._spare_keys <= 0:
                return False
            async with open_work(self._runtime, self._actor) as work:
                lease = await _next_key(work, pool)
        except (SQLAlchemyError, OSError, TimeoutError) as trouble:
            log.warning("key_not_noted", call=str(self._call.id), error=type(trouble).__name__)
            return False
        if lease is None:
            return False
        self._spare_keys -= 1
        self.key_id = lease.key_id
        self._connection = connection_of(self._call.source, lease)
        return True

    async def _note(self, work: Work, error: ProviderError) -> bool:
        """Whether the key is out of use now."""
        assert self.key_id is not None
        match error:
            case Unauthorized():
                await key_pool.disable(work, self.key_id, error.code)
            case RateLimited() | QuotaExceeded():
                rest = REST_SECONDS if error.retry_after_seconds is None else error.retry_after_seconds
                await key_pool.rest(work, self.key_id, rest, error.code)
            case _:
                await key_pool.count_error(work, self.key_id, error.code)
                return False
        return True

    def _log(self, error: ProviderError) -> None:
        """Which call it was; what the provider said of it, its adapter has logged."""
        log.warning(
            "call_failed",
            call=str(self._call.id),
            provider=self._connection.provider,
            profile=str(self._call.source.profile_id),
            code=error.code,
            attempt=self.count,
        )


async def _next_key(work: Work, pool: Profile) -> Lease | None:
    try:
        return await key_pool.take(work, pool)
    except NoKeyLeft:
        return None
