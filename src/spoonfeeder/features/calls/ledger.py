"""Closing a call's row of usage, whatever became of the call and of who waited for it."""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import Any, Self

import structlog
from opentelemetry.trace import SpanKind

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import CallStatus
from spoonfeeder.features.calls.closing import Closed, close
from spoonfeeder.features.calls.opening import Call
from spoonfeeder.features.calls.tries import Tries
from spoonfeeder.features.usage.media_prices import cost_of_made
from spoonfeeder.features.usage.prices import cost_of
from spoonfeeder.features.usage.rows import Ending, plausible
from spoonfeeder.providers.base import Usage
from spoonfeeder.providers.media import MediaRequest
from spoonfeeder.runtime import Runtime

log = structlog.get_logger(__name__)
DATE = re.compile(r"[-@]\d[\d-]*")
"""What a vendor adds to the name that was asked for."""


class Ledger:
    """`async with` around a call: when it ends the row is closed, also where the waiting task was cancelled.

    `model` is the one that answered, None until the answer is whole; `details` are those of what was made. `unclosed`
    is what the row is still to be closed with, where the database was away.
    """

    def __init__(self, runtime: Runtime, actor: User, call: Call[Any], tries: Tries) -> None:
        self.usage = Usage()
        self.model: str | None = None
        self.details: Mapping[str, Any] = {}
        self.cost_usd: Decimal | None = None
        self.duration_ms = 0
        self.unclosed: Ending | None = None
        self._runtime = runtime
        self._actor = actor
        self._call = call
        self._tries = tries

    async def __aenter__(self) -> Self:
        self._began, self._began_at = self._runtime.retries.clock(), datetime.now(UTC)
        known = {"gen_ai.provider.name": self._call.source.provider, "gen_ai.request.model": self._call.request.model}
        tracer = self._runtime.telemetry.tracing.tracer
        self._span = tracer.start_span(f"call {self._call.source.provider}", kind=SpanKind.CLIENT, attributes=known)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.duration_ms = round((self._runtime.retries.clock() - self._began) * 1000)
        self.usage = plausible(self.usage)
        self.cost_usd = price_of(self._call, self.model, self.usage, self.details, self._began_at)
        status, code = _end_of(error, is_whole=self.model is not None)
        self._tell(status)
        ending = Ending(self._call.id, status, self._tries.count, self.usage, self.cost_usd, self._tries.key_id, code)
        await self._close(ending)

    def _tell(self, status: CallStatus) -> None:
        """Which model, how it ended and what it used; never what was said."""
        kinds = ("input", "output", "cached", "reasoning")
        tokens = {kind: getattr(self.usage, f"{kind}_tokens") for kind in kinds}
        provider = self._call.source.provider
        self._runtime.telemetry.metrics.called(provider, status, self.duration_ms / 1000, tokens)
        known = {f"gen_ai.usage.{kind}_tokens": number for kind, number in tokens.items() if number is not None}
        self._span.set_attributes({**known, "spoonfeeder.outcome": status, "spoonfeeder.tries": self._tries.count})
        self._span.end()

    async def _close(self, ending: Ending) -> None:
        """Waits for it also where the task is cancelled; a transaction has its own deadline."""
        closed = close(self._runtime, self._actor, ending)
        closed.add_done_callback(partial(self._note, ending))
        try:
            await asyncio.wait([closed])
        except asyncio.CancelledError:
            await asyncio.wait([closed])
            raise

    def _note(self, ending: Ending, closed: Closed) -> None:
        trouble = closed.result()
        if trouble is not None:
            log.warning("call_not_closed", call=str(ending.id), status=ending.status, error=type(trouble).__name__)
            self.unclosed = ending


def price_of(
    call: Call[Any], answered: str | None, usage: Usage, details: Mapping[str, Any], at: datetime
) -> Decimal | None:
    """By the model that answered; a dated name that the list does not have yet costs as the one asked for."""
    asked = call.request.model
    answered = answered or asked
    cost = _cost(call, answered, usage, details, at)
    if cost is None and DATE.fullmatch(answered.removeprefix(asked)):
        return _cost(call, asked, usage, details, at)
    return cost


def _cost(call: Call[Any], model: str, usage: Usage, details: Mapping[str, Any], at: datetime) -> Decimal | None:
    source = call.source
    if isinstance(call.request, MediaRequest):
        return cost_of_made(source.provider, source.url, model, usage, details, at)
    return cost_of(source.provider, source.url, model, usage, at)


def _end_of(error: BaseException | None, *, is_whole: bool) -> tuple[CallStatus, str | None]:
    if is_whole or error is None:
        return CallStatus.COMPLETE, None
    if isinstance(error, Exception):
        return CallStatus.FAILED, error.code if isinstance(error, AppError) else AppError.code
    return CallStatus.CANCELLED, None
