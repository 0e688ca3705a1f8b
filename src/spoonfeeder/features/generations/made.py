"""The answer to a request that makes a generation."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from spoonfeeder.core.json_response import Json, ok
from spoonfeeder.durable.idempotency import Once
from spoonfeeder.features.auth.once import once_only
from spoonfeeder.features.generations import queries
from spoonfeeder.work import Work


async def made_once(work: Work, once: Once, make: Callable[[], Awaitable[Row[Any]]]) -> Json:
    """With the row that `make` gives, or, where the request came before, with what its row is now.

    Its session is locked by now, so nothing is read that is known already. Raises KeyReused, KeyInFlight and what
    `make` raises.
    """
    made: list[Row[Any]] = []

    async def create() -> UUID:
        made.append(await make())
        generation_id: UUID = made[0].id
        return generation_id

    generation_id, headers = await once_only(work, once, "generation", create)
    rows = await queries.with_live(work, made or [await queries.get(work, generation_id)])
    return ok(rows[0], 201, headers)
