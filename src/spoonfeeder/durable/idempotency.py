"""`Idempotency-Key` (R2): the same request sent twice starts its work once, in the work's own transaction."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from spoonfeeder.core.errors import AppError, Conflict
from spoonfeeder.db.idempotency import IdempotencyKey
from spoonfeeder.work import Work

KEPT = text("interval '24 hours'")


class KeyReused(AppError):
    """This Idempotency-Key was used for another request body; take a new key."""

    status = 422
    code = "IDEMPOTENCY_KEY_REUSED"


class KeyInFlight(Conflict):
    """The first request with this Idempotency-Key is still being answered; try again shortly."""

    code = "IDEMPOTENCY_KEY_IN_FLIGHT"


@dataclass(frozen=True, slots=True)
class Once:
    """What a request says of itself; `key` None means that nothing is remembered."""

    key: str | None
    route: str
    body_sha256: str


async def earlier(work: Work, once: Once) -> UUID | None:
    """Reserves the key, or returns the resource that the first request made.

    A concurrent request with the same key waits for the first one's transaction. Raises KeyReused, KeyInFlight.
    """
    if once.key is None:
        return None
    table = IdempotencyKey
    mine = (table.workspace_id == work.workspace_id, table.route == once.route, table.key == once.key)
    await work.session.execute(delete(table).where(*mine, table.created_at < func.now() - KEPT))
    reserve = (
        insert(table)
        .values(workspace_id=work.workspace_id, route=once.route, key=once.key, body_sha256=once.body_sha256)
        .on_conflict_do_nothing()
        .returning(table.key)
    )
    if (await work.session.execute(reserve)).scalar_one_or_none() is not None:
        return None
    found = (await work.session.execute(select(table.body_sha256, table.resource_id).where(*mine))).one_or_none()
    if found is None or found.resource_id is None:
        raise KeyInFlight
    if found.body_sha256 != once.body_sha256:
        raise KeyReused
    return UUID(str(found.resource_id))


async def remembered(work: Work, once: Once) -> UUID | None:
    """What the first request made, without a reservation: for a request that has much to do before its transaction.

    Raises KeyReused.
    """
    if once.key is None:
        return None
    table = IdempotencyKey
    mine = (table.workspace_id == work.workspace_id, table.route == once.route, table.key == once.key)
    recent = select(table.body_sha256, table.resource_id).where(*mine, table.created_at >= func.now() - KEPT)
    found = (await work.session.execute(recent)).one_or_none()
    if found is None or found.resource_id is None:
        return None
    if found.body_sha256 != once.body_sha256:
        raise KeyReused
    return UUID(str(found.resource_id))


async def remember(work: Work, once: Once, kind: str, resource_id: UUID) -> None:
    """Ties the reserved key to what the request made; the answer was 201."""
    if once.key is None:
        return
    table = IdempotencyKey
    mine = (table.workspace_id == work.workspace_id, table.route == once.route, table.key == once.key)
    values = {"resource_kind": kind, "resource_id": resource_id, "status": 201}
    await work.session.execute(update(table).where(*mine).values(**values))


async def purge_idempotency_keys(work: Work) -> None:
    """A chore of the sweep: forgets keys older than 24 hours."""
    await work.session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < func.now() - KEPT))
