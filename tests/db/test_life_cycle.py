"""An end is never left, and progress never goes back, whatever the code above tries."""

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.vocabulary import GenerationStatus, TaskStatus
from spoonfeeder.db import Generation, Task
from tests.db.rows import generation, start, task

ENDS = ("done", "failed", "cancelled")


def row_of(table: str, state: str) -> Generation | Task:
    row = generation(progress=40) if table == "generations" else task(progress=40)
    done = GenerationStatus.COMPLETED if table == "generations" else TaskStatus.COMPLETE
    if state == "running":
        start(row)
    else:
        row.status = done if state == "done" else state
    return row


async def move(session: AsyncSession, row: Generation | Task, **values: object) -> bool:
    """Whether the database let it happen."""
    table = type(row)
    if values.get("status") == "running":
        values["lease_until"] = text("now()")
    if values.get("status") == "done":
        values["status"] = "completed" if table is Generation else "complete"
    refusal = ""
    try:
        async with session.begin_nested():
            await session.execute(update(table).where(table.id == row.id).values(**values))
    except IntegrityError as error:
        refusal = str(error)
    await session.commit()
    assert not refusal or "cannot become" in refusal
    return not refusal


@pytest.mark.parametrize("state", ["pending", "running", *ENDS])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("table", ["generations", "tasks"])
async def test_an_end_is_left_for_no_other_state(session: AsyncSession, table: str, end: str, state: str) -> None:
    row = row_of(table, end)
    session.add(row)
    await session.commit()
    assert await move(session, row, status=state) is (state == end)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("table", ["generations", "tasks"])
async def test_only_a_failed_or_cancelled_task_runs_again(session: AsyncSession, table: str, end: str) -> None:
    row = row_of(table, end)
    session.add(row)
    await session.commit()
    assert not await move(session, row, status="pending", run=3, progress=0)
    allowed = table == "tasks" and end != "done"
    assert await move(session, row, status="pending", run=2, progress=0) is allowed


@pytest.mark.parametrize("table", ["generations", "tasks"])
async def test_a_living_row_moves_freely_and_its_end_may_still_be_described(session: AsyncSession, table: str) -> None:
    row = row_of(table, "pending")
    session.add(row)
    await session.commit()
    for step in ("running", "pending", "running", "done"):
        assert await move(session, row, status=step, progress=100 if step == "done" else 40)
    assert await move(session, row, error="late news", version=9)


@pytest.mark.parametrize("table", ["generations", "tasks"])
async def test_progress_and_run_never_go_back(session: AsyncSession, table: str) -> None:
    row = row_of(table, "running")
    session.add(row)
    await session.commit()
    assert await move(session, row, progress=41)
    assert not await move(session, row, progress=40)
    assert not await move(session, row, run=2)
    assert not await move(session, row, run=0)


async def test_a_heartbeat_does_not_touch_an_index(session: AsyncSession) -> None:
    """A HOT update: PostgreSQL counts those that needed no new index entry."""
    row = row_of("generations", "running")
    session.add(row)
    await session.commit()
    for progress in range(50, 60):
        assert await move(session, row, progress=progress, lease_until=text("now() + interval '6 s'"))
    await session.execute(text("SELECT pg_stat_force_next_flush()"))
    await session.commit()
    hot = await session.execute(
        text("SELECT n_tup_hot_upd, n_tup_upd FROM pg_stat_user_tables WHERE relname = 'comfyui_generations'")
    )
    assert tuple(hot.one()) == (10, 10)
