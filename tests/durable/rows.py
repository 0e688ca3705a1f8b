"""Generations put straight into the table, and read back as it holds them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.claim import Claimed, claim
from spoonfeeder.durable.lease import Lease
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work

BACKEND = "http://127.0.0.1:8188"
AGO = text("now() - interval '1 second'")


async def add(runtime: Runtime, **values: Any) -> UUID:
    row = {"workspace_id": DEFAULT_WORKSPACE_ID, "backend_url": BACKEND, **values}
    async with open_system_work(runtime, "test") as work:
        made = await work.session.execute(insert(Generation).values(**row).returning(Generation.id))
        return made.scalar_one()


async def read(runtime: Runtime, row_id: UUID) -> Row[Any]:
    async with open_system_work(runtime, "test") as work:
        return (await work.session.execute(select(*Generation.__table__.c).where(Generation.id == row_id))).one()


async def change(runtime: Runtime, row_id: UUID, **values: Any) -> None:
    async with open_system_work(runtime, "test") as work:
        await work.session.execute(update(Generation).where(Generation.id == row_id).values(**values))


async def expire(runtime: Runtime, row_id: UUID) -> None:
    """As if the holder had been silent for the length of its lease."""
    await change(runtime, row_id, lease_until=func.now() - text("interval '1 second'"))


async def claimed_row(runtime: Runtime) -> Claimed:
    claimed = await claim(runtime, GENERATIONS)
    assert claimed is not None
    return claimed


async def lease_of_new_row(runtime: Runtime, **values: Any) -> Lease:
    await add(runtime, **values)
    return Lease(runtime, GENERATIONS, await claimed_row(runtime))
