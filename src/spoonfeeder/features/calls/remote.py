"""A call for something that the provider makes on its own time: it may begin in one process and end in another."""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.core.actor import User
from spoonfeeder.core.vocabulary import CallStatus, Purpose
from spoonfeeder.db.profile import ProfileKey
from spoonfeeder.db.usage import UsageCall
from spoonfeeder.features.calls.ledger import price_of
from spoonfeeder.features.calls.opening import Call, connection_of
from spoonfeeder.features.calls.sources import Source
from spoonfeeder.features.calls.speech import plain_name
from spoonfeeder.features.calls.tries import Tries
from spoonfeeder.features.profiles import key_pool
from spoonfeeder.features.profiles.key_pool import Lease
from spoonfeeder.features.usage.prices import load_prices
from spoonfeeder.features.usage.rows import Ending, note_key, plausible
from spoonfeeder.providers.base import Usage
from spoonfeeder.providers.errors import ProviderError, Timeout
from spoonfeeder.providers.media import Craft, Look, Made, MediaRequest, RemoteMaker
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work

QUESTION_SECONDS = 120.0
Told = TypeVar("Told")


async def resume(work: Work, source: Source, request: MediaRequest, purpose: Purpose, call_id: UUID) -> Call[Any]:
    """The call whose row was opened before, with the key that it began with. Raises KeyUnreadable."""
    key_id = await work.session.scalar(select(UsageCall.key_id).where(UsageCall.id == call_id))
    lease = Lease(None, source.api_key)
    row = await work.session.get(ProfileKey, key_id) if key_id else None
    if row is not None and source.pool_of is not None:
        lease = Lease(key_id, key_pool.unseal(work.runtime.cipher, source.pool_of, row))
    return Call(call_id, source, connection_of(source, lease), request, purpose, lease.key_id)


class RemoteCall:
    """Whoever ends it closes its row of usage with `ending`, in the transaction in which its end is stored."""

    def __init__(self, runtime: Runtime, actor: User, call: Call[MediaRequest], craft: Craft) -> None:
        self.call = call
        self._runtime = runtime
        self._craft = craft
        self._tries = Tries(runtime, actor, call, once=True)
        self._connection = call.connection

    async def start(self) -> str:
        """The handle, to be stored before anything else, `note_key` with it. Raises ProviderError, Invalid."""
        while True:
            self._connection = await self._tries.enter()
            try:
                handle = await self._asked(self._maker().start(self.call.request), self._tries.seconds_left)
            except ProviderError as error:
                await self._tries.failed(error)
                continue
            self._tries.succeeded()
            return handle

    async def note_key(self, work: Work) -> None:
        await note_key(work, self.call.id, self._tries.key_id)

    async def look(self, handle: str) -> Look:
        """Raises ProviderError."""
        return await self._asked((await self._loaded()).look(handle))

    async def collect(self, handle: str) -> Made:
        """Raises ProviderError."""
        return await self._asked((await self._loaded()).collect(handle, self.call.request))

    async def cancel(self, handle: str) -> None:
        """Raises ProviderError."""
        await self._asked((await self._loaded()).cancel(handle))

    def cost_of(self, made: Made, details: Mapping[str, Any], began_at: datetime | None) -> Decimal | None:
        at = began_at or datetime.now(UTC)
        return price_of(self.call, self.model_of(made), plausible(made.usage), details, at)

    def model_of(self, made: Made) -> str:
        return plain_name(made.model, self.call.request.model)

    def ending(
        self, status: CallStatus, usage: Usage | None = None, cost_usd: Decimal | None = None, code: str | None = None
    ) -> Ending:
        known = plausible(usage or Usage())
        return Ending(self.call.id, status, max(1, self._tries.count), known, cost_usd, self._tries.key_id, code)

    async def _loaded(self) -> RemoteMaker:
        await self._runtime.adapters.load(self._connection.provider)
        await load_prices(self._connection.provider)
        return self._maker()

    def _maker(self) -> RemoteMaker:
        return self._runtime.adapters.remote_maker(self._connection, self._craft)

    async def _asked(self, question: Awaitable[Told], seconds: float = QUESTION_SECONDS) -> Told:
        """The provider's part of it waits less; this ends what it forgot."""
        try:
            async with asyncio.timeout(seconds):
                return await question
        except TimeoutError:
            raise Timeout from None
