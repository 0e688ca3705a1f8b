"""Which worker processes are alive: each says so in Postgres, by the database's clock, Redis or not.

The living tell again what those that died may have told nobody.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.metrics import Told
from spoonfeeder.db.system import SystemValue
from spoonfeeder.durable.counting import count_from_zero
from spoonfeeder.durable.line import PROCESS_ID, Line
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_system_work

log = structlog.get_logger(__name__)
BEAT_SECONDS = 5.0
PREFIX = "worker:"
ALIVE = text("interval '15 seconds'")
BEFORE_BEAT = timedelta(seconds=2)
AFTER_BEAT = timedelta(seconds=15)
"""How long before and after its last beat a worker may have ended rows."""
MOST_AGAIN = 500


async def beat_for_ever(runtime: Runtime, lines: Sequence[Line]) -> None:
    """To be run in every worker process."""
    count_from_zero(runtime, lines)
    while True:
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await beat(runtime)
                await announce_again(runtime, lines)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("worker_beat_failed", error=type(error).__name__)
        await asyncio.sleep(BEAT_SECONDS)


async def beat(runtime: Runtime) -> None:
    """Says that this process works, and what it counted so far."""
    told = orjson.dumps(runtime.telemetry.metrics.tell()).decode()
    upsert = insert(SystemValue).values(key=f"{PREFIX}{PROCESS_ID}", value=told)
    again = {"updated_at": func.now(), "value": upsert.excluded.value}
    renewed = upsert.on_conflict_do_update(index_elements=["key"], set_=again)
    async with open_system_work(runtime, "worker beat") as work:
        await work.session.execute(renewed)


async def sign_off(runtime: Runtime) -> None:
    """For an orderly stop: this process is no longer counted."""
    async with open_system_work(runtime, "worker sign-off") as work:
        await work.session.execute(delete(SystemValue).where(SystemValue.key == f"{PREFIX}{PROCESS_ID}"))


async def announce_again(runtime: Runtime, lines: Sequence[Line]) -> None:
    """What ended about when a worker died: it may have committed that and told nobody. Readers know it by its seq."""
    async with open_system_work(runtime, "announce again") as work:
        for last_beat in await _forget_dead(work):
            for line in lines:
                for row in await _ended_about(work, line, last_beat):
                    work.emit(line.announce(row))


async def _forget_dead(work: Work) -> Sequence[datetime]:
    """When each worker that went without signing off was last heard of; each is told of once."""
    silent = (SystemValue.key.startswith(PREFIX), SystemValue.updated_at < func.now() - ALIVE)
    forgotten = delete(SystemValue).where(*silent).returning(SystemValue.updated_at)
    return (await work.session.scalars(forgotten)).all()


async def _ended_about(work: Work, line: Line, last_beat: datetime) -> Sequence[Any]:
    table = line.table
    ended = table.completed_at.between(last_beat - BEFORE_BEAT, last_beat + AFTER_BEAT)
    statement = select(*table.__table__.c).where(ended).order_by(table.completed_at.desc()).limit(MOST_AGAIN)
    return (await work.session.execute(statement)).all()


BEATING = (SystemValue.key.startswith(PREFIX), SystemValue.updated_at > func.now() - ALIVE)


async def count_alive(session: AsyncSession) -> int:
    return int((await session.execute(select(func.count(SystemValue.key)).where(*BEATING))).scalar_one())


async def told_by_alive(session: AsyncSession) -> dict[str, Told]:
    """What each living worker counted since it began, as of its last beat; one of an earlier version tells nothing."""
    rows = await session.execute(select(SystemValue.key, SystemValue.value).where(*BEATING))
    return {row.key: orjson.loads(row.value or "[]") for row in rows}
