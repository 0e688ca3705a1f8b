"""Writes all secrets anew under the first key of the ring, while everything else goes on (R34)."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, case, func, not_, select, update

from spoonfeeder.core.crypto import VERSION, Cipher, KeyUnreadable
from spoonfeeder.core.errors import AppError
from spoonfeeder.db.sealed import CANARY, SECRETS, SealedColumn
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work

BATCH = 200
LOCK_KEY = 0x5F00_4E75
OLDER_FORM = "(older form)"


class RotationRuns(AppError):
    """The keys are being changed at this moment by another command; wait until that ends."""

    status = 409
    code = "ROTATION_RUNS"


@dataclass(slots=True)
class Rotation:
    """`unreadable`: table and id of what no key of the ring opens at its place; it stays as it is."""

    rewritten: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)


@asynccontextmanager
async def alone(runtime: Runtime) -> AsyncIterator[None]:
    """Raises RotationRuns while another command changes the keys."""
    async with runtime.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        if not await connection.scalar(select(func.pg_try_advisory_lock(LOCK_KEY))):
            raise RotationRuns
        yield
        await connection.scalar(select(func.pg_advisory_unlock(LOCK_KEY)))


async def rows_by_key(runtime: Runtime) -> Counter[str]:
    """How many secrets are written with which key, by its id; those of the older form name none."""
    found: Counter[str] = Counter()
    async with open_system_work(runtime, "count secrets by key") as work:
        for place in (*SECRETS, CANARY):
            kept = place.column
            key_id = case((kept.startswith(f"{VERSION}."), func.split_part(kept, ".", 2)), else_=OLDER_FORM)
            counted = select(key_id, func.count()).where(kept.is_not(None), place.only).group_by(key_id)
            found.update({row[0]: row[1] for row in await work.session.execute(counted)})
    return found


async def is_ended(runtime: Runtime) -> bool:
    """Whether the last rotation came to its end, or none was begun."""
    async with open_system_work(runtime, "look at the canary") as work:
        stored = await work.session.scalar(select(CANARY.column).where(CANARY.only))
    return stored is None or runtime.cipher.is_current(stored)


async def rotate(runtime: Runtime, batch: int = BATCH) -> Rotation:
    """May be ended at any moment and called again.

    Goes through all places until nothing is left to do: a process that does not know the new key yet may have written
    with the old one meanwhile.
    """
    rotation, before = Rotation(), -1
    while rotation.rewritten > before:
        before = rotation.rewritten
        rotation.unreadable.clear()
        for place in SECRETS:
            await _rewrite(runtime, place, rotation, batch)
    if rotation.rewritten or not await is_ended(runtime):
        await _rewrite(runtime, CANARY, rotation, batch)
        async with open_system_work(runtime, "key rotation") as work:
            key_id = runtime.cipher.ring.first
            await record(work, Action.KEY_ROTATED, "server", key_id=key_id, rows=rotation.rewritten)
    return rotation


async def _rewrite(runtime: Runtime, place: SealedColumn, rotation: Rotation, batch: int) -> None:
    """Each row only if it still is what was read: what somebody saves meanwhile is never undone."""
    kept = place.column
    unstamped = {column: column for column in place.table.c if column.name == "updated_at"}
    same = (place.row_id == bindparam("row"), kept == bindparam("old"))
    change = update(place.table).where(*same).values({kept: bindparam("new"), **unstamped})
    async for rows in _batches(runtime, place, batch):
        changes = []
        for row in rows:
            row_id, old = row._mapping[place.row_id], row._mapping[kept]
            new = _anew(runtime.cipher, place, row, old)
            if new is None:
                rotation.unreadable.append((place.table.name, str(row_id)))
            else:
                changes.append({"row": row_id, "old": old, "new": new})
        if changes:
            async with open_system_work(runtime, f"rotate {place.table.name}") as work:
                connection = await work.session.connection()
                await connection.execute(change, changes)
        rotation.rewritten += len(changes)


async def _batches(runtime: Runtime, place: SealedColumn, batch: int) -> AsyncIterator[list[Row[Any]]]:
    """The rows that are not written with the first key, in the order of their ids."""
    last: Any = None
    while True:
        prefix = f"{VERSION}.{runtime.cipher.ring.first}."
        older = not_(func.starts_with(place.column, prefix))
        statement = select(place.table).where(place.only, place.column.is_not(None), older)
        if last is not None:
            statement = statement.where(place.row_id > last)
        async with open_system_work(runtime, f"read {place.table.name}") as work:
            rows = list(await work.session.execute(statement.order_by(place.row_id).limit(batch)))
        if not rows:
            return
        yield rows
        last = rows[-1]._mapping[place.row_id]


def _anew(cipher: Cipher, place: SealedColumn, row: Row[Any], stored: str) -> str | None:
    try:
        bound_to = place.binding_of(row)
        return cipher.encrypt(cipher.decrypt(stored, bound_to), bound_to)
    except (KeyUnreadable, ValueError):
        return None
