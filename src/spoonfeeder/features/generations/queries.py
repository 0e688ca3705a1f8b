"""Reading generations: one, a page of a session or workflow, and what is not yet ended."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.pagination import Cursor
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.line import PENDING, RUNNING, in_state
from spoonfeeder.features.auth.access import visible, visible_rows
from spoonfeeder.features.generations.rows import COLUMNS, SHOWN, as_json, merged
from spoonfeeder.realtime.events import SEQ_STEP
from spoonfeeder.work import Work

ACTIVE_LETTERS = 200


class GenerationNotFound(NotFound):
    """This generation does not exist."""

    code = "GENERATION_NOT_FOUND"


async def get(work: Work, generation_id: UUID, *, snapshot: bool = False) -> Any:
    """Raises GenerationNotFound."""
    statement = visible_rows(SHOWN, COLUMNS, work.actor).where(COLUMNS.id == generation_id)
    if snapshot:
        statement = statement.add_columns(COLUMNS.workflow_json_snapshot)
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        raise GenerationNotFound
    return row


async def page(
    work: Work, where: Any, *, limit: int, offset: int = 0, cursor: Cursor | None = None
) -> tuple[Sequence[Any], str | None]:
    """Rows where `where` of COLUMNS holds, newest first, and the cursor of what follows, if anything does."""
    statement = visible_rows(SHOWN, COLUMNS, work.actor).where(where).limit(limit + 1)
    statement = statement.order_by(COLUMNS.created_at.desc(), COLUMNS.id.desc())
    if cursor is not None:
        place = tuple_(COLUMNS.created_at, COLUMNS.id)
        statement = statement.where(place < tuple_(cursor.created_at, cursor.id))
    elif offset:
        statement = statement.offset(offset)
    rows = (await work.session.execute(statement)).all()
    shown_rows = rows[:limit]
    more = str(Cursor(shown_rows[-1].created_at, shown_rows[-1].id)) if len(rows) > limit else None
    return shown_rows, more


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
