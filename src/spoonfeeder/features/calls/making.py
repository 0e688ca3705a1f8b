"""A call that makes something in one go, with the same care as one for an answer."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from spoonfeeder.core.actor import User
from spoonfeeder.features.calls.ledger import Ledger
from spoonfeeder.features.calls.opening import Call
from spoonfeeder.features.calls.speech import plain_name
from spoonfeeder.features.calls.tries import Tries
from spoonfeeder.features.usage.rows import Ending
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.errors import ProviderError, Timeout
from spoonfeeder.providers.media import Craft, Made, MediaRequest
from spoonfeeder.runtime import Runtime


class Making:
    """`async with`, and `make` once inside; what it cost and how long it took is known afterwards.

    A failure is not followed by another try (calls.tries), except with another key where the provider refuses one.
    """

    def __init__(self, runtime: Runtime, actor: User, call: Call[MediaRequest], craft: Craft) -> None:
        self.call = call
        self._runtime = runtime
        self._craft = craft
        self._tries = Tries(runtime, actor, call, once=True)
        self._ledger = Ledger(runtime, actor, call, self._tries)

    @property
    def cost_usd(self) -> Decimal | None:
        return self._ledger.cost_usd

    @property
    def unclosed(self) -> Ending | None:
        return self._ledger.unclosed

    @property
    def duration_ms(self) -> int:
        return self._ledger.duration_ms

    async def __aenter__(self) -> Self:
        await self._ledger.__aenter__()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._ledger.__aexit__(exc_type, error, traceback)

    async def make(self) -> Made:
        """Raises ProviderError, Invalid."""
        while True:
            connection = await self._tries.enter()
            try:
                made = await self._once(connection)
            except ProviderError as error:
                await self._tries.failed(error)
                continue
            self._tries.succeeded()
            self._ledger.usage, self._ledger.details = made.usage, made.details
            self._ledger.model = plain_name(made.model, self.call.request.model)
            return made

    def measured(self, details: Mapping[str, Any]) -> None:
        """What is known of it by now, for its price."""
        self._ledger.details = details

    async def _once(self, connection: Connection) -> Made:
        maker = self._runtime.adapters.maker(connection, self._craft)
        try:
            async with asyncio.timeout(self._tries.seconds_left):
                return await maker.make(self.call.request)
        except TimeoutError:
            raise Timeout from None
