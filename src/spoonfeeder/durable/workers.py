"""Which worker processes are alive: each says so in Postgres, by the database's clock, Redis or not."""

import asyncio

import structlog
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.db.system import SystemValue
from spoonfeeder.durable.line import PROCESS_ID
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work

log = structlog.get_logger(__name__)
BEAT_SECONDS = 5.0
PREFIX = "worker:"
ALIVE = text("interval '15 seconds'")
FORGOTTEN = text("interval '5 minutes'")


async def beat_for_ever(runtime: Runtime) -> None:
    """To be run in every worker process."""
    while True:
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await beat(runtime)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("worker_beat_failed", error=type(error).__name__)
        await asyncio.sleep(BEAT_SECONDS)


async def beat(runtime: Runtime) -> None:
    """Says that this process works, and forgets those that have long been silent."""
    mine = {"key": f"{PREFIX}{PROCESS_ID}", "value": ""}
    upsert = insert(SystemValue).values(**mine)
    renewed = upsert.on_conflict_do_update(index_elements=["key"], set_={"updated_at": func.now()})
    silent = (SystemValue.key.startswith(PREFIX), SystemValue.updated_at < func.now() - FORGOTTEN)
    async with open_system_work(runtime, "worker beat") as work:
        await work.session.execute(renewed)
        await work.session.execute(delete(SystemValue).where(*silent))


async def sign_off(runtime: Runtime) -> None:
    """For an orderly stop: this process is no longer counted."""
    async with open_system_work(runtime, "worker sign-off") as work:
        await work.session.execute(delete(SystemValue).where(SystemValue.key == f"{PREFIX}{PROCESS_ID}"))


async def count_alive(session: AsyncSession) -> int:
    beating = (SystemValue.key.startswith(PREFIX), SystemValue.updated_at > func.now() - ALIVE)
    statement = select(func.count(SystemValue.key)).where(*beating)
    return int((await session.execute(statement)).scalar_one())
