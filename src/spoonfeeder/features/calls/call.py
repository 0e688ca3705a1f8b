"""One call to a model: opened in the caller's transaction, made outside of any, closed whatever happens."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import replace
from decimal import Decimal

from spoonfeeder.core.actor import User
from spoonfeeder.features.calls.ledger import Ledger
from spoonfeeder.features.calls.opening import Call, begin
from spoonfeeder.features.calls.speech import Speech, plain_name
from spoonfeeder.features.calls.tries import Tries
from spoonfeeder.features.usage.rows import Ending
from spoonfeeder.providers.base import Adapter, Delta, Finish, TextDelta, Usage
from spoonfeeder.providers.errors import ProviderError, StreamTruncated, Timeout
from spoonfeeder.runtime import Runtime

__all__ = ["Answering", "Call", "begin"]


class Answering:
    """Iterate over `deltas()` once; the other fields are known when it has ended, however it ended.

    With `once` a failure is not followed by another try (calls.tries).
    """

    def __init__(self, runtime: Runtime, actor: User, call: Call, *, once: bool = False) -> None:
        self.runtime = runtime
        self.actor = actor
        self.call = call
        self.finish: Finish | None = None
        self._tries = Tries(runtime, actor, call, once=once)
        self._ledger = Ledger(runtime, actor, call, self._tries)

    @property
    def usage(self) -> Usage:
        return self._ledger.usage

    @property
    def cost_usd(self) -> Decimal | None:
        return self._ledger.cost_usd

    @property
    def unclosed(self) -> Ending | None:
        return self._ledger.unclosed

    @property
    def duration_ms(self) -> int:
        return self._ledger.duration_ms

    async def deltas(self) -> AsyncGenerator[Delta]:
        """Tries again, with another key too, while nothing was said yet (R26). Raises ProviderError, Invalid.

        Close it (`aclosing`) where it is not read to its end: that ends the call to the provider.
        """
        async with self._ledger:
            while self.finish is None:
                adapter, has_begun = await self._tries.begin(), False
                try:
                    async with aclosing(self._once(adapter)) as deltas:
                        async for delta in deltas:
                            if not has_begun and not isinstance(delta, Usage):
                                has_begun = True
                                self._tries.succeeded()
                            self._note(delta)
                            yield delta
                except ProviderError as error:
                    await self._tries.failed(error, is_last=has_begun)

    def _note(self, delta: Delta) -> None:
        match delta:
            case Usage():
                self._ledger.usage = delta
            case Finish():
                self.finish, self._ledger.model = delta, delta.model
            case TextDelta():
                pass

    async def _once(self, adapter: Adapter) -> AsyncGenerator[Delta]:
        speech = Speech()
        async with aclosing(adapter.chat(self.call.request)) as deltas:
            delta = await self._first(deltas)
            while delta is not None and not isinstance(delta, Finish):
                if isinstance(delta, Usage):
                    yield delta
                elif text := speech.hear(delta.text):
                    yield TextDelta(text)
                self._tries.require_time()
                delta = await anext(deltas, None)
            if delta is None:
                raise StreamTruncated
            if text := speech.end():
                yield TextDelta(text)
            yield replace(delta, model=plain_name(delta.model, self.call.request.model))
            with suppress(ProviderError, StopAsyncIteration):
                # So that the adapter may bring its connection to a good end and use it again.
                await anext(deltas)

    async def _first(self, deltas: AsyncGenerator[Delta]) -> Delta | None:
        """A silence after it is ended by the adapter (R25), which saves a timer for each piece."""
        try:
            async with asyncio.timeout(self._tries.seconds_left):
                return await anext(deltas, None)
        except TimeoutError:
            raise Timeout from None

    async def text(self) -> str:
        """The whole answer at once. Raises ProviderError, Invalid."""
        async with aclosing(self.deltas()) as deltas:
            return "".join([delta.text async for delta in deltas if isinstance(delta, TextDelta)])
