"""Reading generations: one, a page of a session or workflow, and what is not yet ended."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Text, bindparam, cast, func, select, tuple_

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.pagination import Cursor
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.line import PENDING, RUNNING, in_state
from spoonfeeder.features.auth.access import visible, visible_rows
from spoonfeeder.features.generations.rows import COLUMNS, IS_THERE, SHOWN, as_json, merged
from spoonfeeder.realtime.events import SEQ_STEP
from spoonfeeder.work import Work

ACTIVE_LETTERS = 200
OF_SESSION = COLUMNS.session_id == bindparam("whose")
OF_WORKFLOW = COLUMNS.workflow_id == bindparam("whose")
RUNNING_OF_SESSION = OF_SESSION & in_state(Generation, RUNNING)
OTHERS_OF_SESSION = OF_SESSION & ~in_state(Generation, RUNNING)


class GenerationNotFound(NotFound):
    """This generation does not exist."""

    code = "GENERATION_NOT_FOUND"


async def get(work: Work, generation_id: UUID, *, snapshot: bool = False) -> Any:
    """Raises GenerationNotFound."""
    statement = visible_rows(SHOWN, COLUMNS, work.actor).where(COLUMNS.id == generation_id)
    if snapshot:
        fingerprint = cast(COLUMNS.fingerprint, Text).label("fingerprint")
        statement = statement.add_columns(COLUMNS.workflow_json_snapshot, fingerprint)
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        raise GenerationNotFound
    return row


async def page(
    work: Work, which: ColumnElement[bool], whose: UUID, *, limit: int, offset: int = 0, cursor: Cursor | None = None
) -> tuple[Sequence[Any], str | None]:
    """Rows, newest first, and the cursor of what follows, if anything does; `which` is one of the constants above."""
    start: dict[str, Any] = {"skipped": offset} if offset else {}
    if cursor is not None:
        start = {"after": cursor.created_at, "after_id": cursor.id}
    values = {"workspace_id": work.workspace_id, "whose": whose, "most": limit + 1}
    rows = (await work.session.execute(_pages(which, *start), values | start)).all()
    shown_rows = rows[:limit]
    more = str(Cursor(shown_rows[-1].created_at, shown_rows[-1].id)) if len(rows) > limit else None
    return shown_rows, more


@cache
def _pages(which: ColumnElement[bool], *start: str) -> Select[Any]:
    """Made once: to build it anew takes longer than many a page does. What is visible is as `visible_rows` says."""
    mine = SHOWN.where(COLUMNS.workspace_id == bindparam("workspace_id"), IS_THERE, which)
    ordered = mine.order_by(COLUMNS.created_at.desc(), COLUMNS.id.desc()).limit(bindparam("most", type_=Integer))
    if start == ("skipped",):
        return ordered.offset(bindparam("skipped", type_=Integer))
    if not start:
        return ordered
    after = tuple_(bindparam("after", type_=COLUMNS.created_at.type), bindparam("after_id", type_=COLUMNS.id.type))
    return ordered.where(tuple_(COLUMNS.created_at, COLUMNS.id) < after)


async def count(work: Work, where: Any) -> int:
    statement = select(func.count(Generation.id)).where(where)
    counted = statement.where(Generation.workspace_id == work.workspace_id, Generation.deleted_at.is_(None))
    return int((await work.session.execute(counted)).scalar_one())


async def active(work: Work) -> list[dict[str, Any]]:
    """All that is pending or running, oldest first; cheap enough to be polled."""
    statement = select(
        Generation.id,
        Generation.session_id,
        Generation.workflow_id,
        Generation.profile_id,
        func.left(Generation.prompt_text, ACTIVE_LETTERS).label("prompt_text"),
        Generation.status,
        Generation.progress,
        Generation.current_node,
        (Generation.version * SEQ_STEP).label("seq"),
        Generation.waiting_reason,
        Generation.created_at,
    ).where(in_state(Generation, PENDING) | in_state(Generation, RUNNING))
    ordered = visible(statement, work.actor).order_by(Generation.created_at, Generation.id).limit(1_000)
    rows = (await work.session.execute(ordered)).all()
    newest = await work.runtime.live.get_progress([row.id for row in rows])
    return [merged({"kind": "generation", **row._mapping}, newest.get(row.id)) for row in rows]


async def with_live(work: Work, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Answers of rows, with the newest progress of the running ones."""
    listed = list(rows)
    running = [row.id for row in listed if row.status == RUNNING]
    newest = await work.runtime.live.get_progress(running)
    names = listed[0]._fields if listed else ()
    return [as_json(names, row, work.runtime.signed_urls, newest.get(row.id)) for row in listed]
