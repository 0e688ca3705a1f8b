"""One call to a model: opened in the caller's transaction, made outside of any, closed whatever happens."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid4

from spoonfeeder.core.actor import User
from spoonfeeder.core.vocabulary import Purpose
from spoonfeeder.features.calls.sources import Source
from spoonfeeder.providers.base import ChatRequest, Connection, Delta, Finish, TextDelta, Usage
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work


@dataclass(frozen=True, slots=True)
class Call:
    """`id` is that of its row in `usage_calls`."""

    id: UUID
    source: Source
    connection: Connection
    request: ChatRequest = field(repr=False)
    key_id: UUID | None = None


async def begin(
    work: Work,
    source: Source,
    request: ChatRequest,
    purpose: Purpose,
    *,
    conversation_id: UUID | None = None,
    message_id: UUID | None = None,
) -> Call:
    """Checks the budget, takes a key and opens the row of usage. Raises BudgetExceeded, NoKeyLeft."""
    connection = Connection(source.provider, source.url, source.api_key, source.first_byte_seconds)
    return Call(uuid4(), source, connection, request)


class Answering:
    """Iterate over `deltas()` once; the other fields are known when it has ended, however it ended."""

    def __init__(self, runtime: Runtime, actor: User, call: Call) -> None:
        self.runtime = runtime
        self.actor = actor
        self.call = call
        self.usage = Usage()
        self.finish: Finish | None = None
        self.cost_usd: Decimal | None = None
        self.duration_ms = 0

    async def deltas(self) -> AsyncGenerator[Delta]:
        """Tries again, with another key too, while nothing was said yet (R26). Raises ProviderError."""
        started = time.monotonic()
        try:
            adapter = self.runtime.adapters.get(self.call.connection)
            async with aclosing(adapter.chat(self.call.request)) as deltas:
                async for delta in deltas:
                    match delta:
                        case Usage():
                            self.usage = delta
                        case Finish():
                            self.finish = delta
                        case TextDelta():
                            pass
                    yield delta
        finally:
            self.duration_ms = round((time.monotonic() - started) * 1000)

    async def text(self) -> str:
        """The whole answer at once. Raises ProviderError."""
        async with aclosing(self.deltas()) as deltas:
            return "".join([delta.text async for delta in deltas if isinstance(delta, TextDelta)])
