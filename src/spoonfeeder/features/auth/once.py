"""The `Idempotency-Key` header of a request, and the creating that it makes safe to repeat."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request

from spoonfeeder.durable.idempotency import Once, earlier, remember
from spoonfeeder.work import Work

REPLAYED = {"Idempotency-Replayed": "true"}


async def read_once(
    request: Request,
    key: Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255)] = None,
) -> Once:
    """The route is the path as called, so that one key on two sessions is two requests."""
    digest = hashlib.sha256(await request.body()).hexdigest() if key else ""
    return Once(key, f"{request.method} {request.url.path}"[:255], digest)


OnceDep = Annotated[Once, Depends(read_once)]


async def once_only(
    work: Work, once: Once, kind: str, create: Callable[[], Awaitable[UUID]]
) -> tuple[UUID, Mapping[str, str]]:
    """The id of what this request creates, or created when it came first, and the headers that say so.

    Raises KeyReused, KeyInFlight and what `create` raises.
    """
    known = await earlier(work, once)
    if known is not None:
        return known, REPLAYED
    created = await create()
    await remember(work, once, kind, created)
    return created, {}
