"""What a call is, and how it begins: in the caller's transaction."""

from dataclasses import dataclass, field
from typing import Generic
from uuid import UUID, uuid4

from typing_extensions import TypeVar

from spoonfeeder.core.vocabulary import Purpose
from spoonfeeder.features.calls.sources import Source
from spoonfeeder.features.profiles import key_pool
from spoonfeeder.features.profiles.key_pool import Lease
from spoonfeeder.features.profiles.options import require_harmless
from spoonfeeder.features.usage.prices import load_prices
from spoonfeeder.features.usage.rows import Opening, open_row
from spoonfeeder.providers.base import ChatRequest, Connection
from spoonfeeder.providers.media import MediaRequest
from spoonfeeder.work import Work

Asked = TypeVar("Asked", ChatRequest, MediaRequest, default=ChatRequest)


@dataclass(frozen=True, slots=True)
class Call(Generic[Asked]):
    """`id` is that of its row in `usage_calls`; `key_id` that of the pool's key, None for the source's own."""

    id: UUID
    source: Source
    connection: Connection
    request: Asked = field(repr=False)
    purpose: Purpose = Purpose.CHAT
    key_id: UUID | None = None


async def begin(
    work: Work,
    source: Source,
    request: Asked,
    purpose: Purpose,
    *,
    conversation_id: UUID | None = None,
    message_id: UUID | None = None,
    task_id: UUID | None = None,
) -> Call[Asked]:
    """Checks options and budget, opens the row of usage and takes a key, which stays locked until the commit.

    Raises Invalid, BudgetExceeded, NoKeyLeft, KeyUnreadable.
    """
    require_harmless(dict(request.options))
    await load_prices(source.provider)
    call_id = uuid4()
    await open_row(
        work,
        Opening(
            id=call_id,
            provider=source.provider,
            model=request.model,
            purpose=purpose,
            profile_id=source.profile_id,
            conversation_id=conversation_id,
            message_id=message_id,
            task_id=task_id,
        ),
    )
    pool = source.pool_of
    lease = Lease(None, source.api_key) if pool is None else await key_pool.take(work, pool)
    return Call(call_id, source, connection_of(source, lease), request, purpose, lease.key_id)


def connection_of(source: Source, lease: Lease) -> Connection:
    return Connection(source.provider, source.url, lease.api_key, source.first_byte_seconds)
