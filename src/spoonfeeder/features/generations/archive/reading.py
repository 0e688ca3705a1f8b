"""A page of generations and their files, each page in a transaction of its own."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Text, Uuid, any_, cast, literal, select

from spoonfeeder.core.actor import User
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible_rows
from spoonfeeder.features.generations.rows import COLUMNS
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work

FILES = Media.__table__.c
_PLAIN = (
    *("id", "session_id", "workflow_id", "workflow_version_id", "profile_id", "status", "prompt_text"),
    *("negative_prompt", "width", "height", "steps", "cfg_scale", "sampler_name", "scheduler", "batch_size"),
    *("checkpoint_name", "favorite", "tags", "notes", "batch_id", "batch_index", "rerun_of", "verifies"),
    *("schedule_id", "prompt_id", "backend_id", "error", "error_code", "generation_time_seconds"),
    *("created_at", "started_at", "completed_at"),
)
JSON_TEXTS = ("parameters", "loras_used", "batch_coordinates", "fingerprint", "verification", "warnings")
"""They travel undecoded."""
_TOLD = [
    *(COLUMNS[name] for name in _PLAIN),
    *(cast(COLUMNS[name], Text).label(name) for name in (*JSON_TEXTS, "seed")),
    COLUMNS.workflow_json_snapshot.is_not(None).label("has_graph"),
]
_WRITTEN = [
    *(COLUMNS[name] for name in ("id", "created_at", "completed_at", "workflow_json_snapshot")),
    cast(COLUMNS.seed, Text).label("seed"),
]
_OF_FILES = (
    *("generation_id", "position", "node_id", "filename", "media_type", "bytes", "sha256"),
    *("width", "height", "duration_seconds", "storage_key"),
)

Generation = Row[Any]
Files = dict[UUID, list[Row[Any]]]


def among(column: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    return column == any_(literal(list(ids), ARRAY(Uuid())))  # type: ignore[no-any-return]


async def read_to_write(runtime: Runtime, actor: User, ids: Sequence[UUID]) -> tuple[dict[UUID, Generation], Files]:
    """With graphs; without what has been deleted meanwhile."""
    async with open_work(runtime, actor) as work:
        statement = visible_rows(select(*_WRITTEN), COLUMNS, actor).where(among(COLUMNS.id, ids))
        rows = {row.id: row for row in await work.session.execute(statement)}
        kept = visible_rows(_select_files(), FILES, actor).where(among(FILES.generation_id, rows))
        return rows, _by_generation(await work.session.execute(kept))


async def read_to_tell(runtime: Runtime, actor: User, ids: Sequence[UUID]) -> tuple[dict[UUID, Generation], Files]:
    """All that the manifest tells, also of what has been deleted since it was written."""
    async with open_work(runtime, actor) as work:
        mine = COLUMNS.workspace_id == actor.workspace_id
        rows = {row.id: row for row in await work.session.execute(select(*_TOLD).where(mine, among(COLUMNS.id, ids)))}
        kept = _select_files().where(FILES.workspace_id == actor.workspace_id, among(FILES.generation_id, rows))
        return rows, _by_generation(await work.session.execute(kept))


def _select_files() -> Any:
    return select(*(FILES[name] for name in _OF_FILES)).order_by(FILES.generation_id, FILES.position)


def _by_generation(rows: Iterable[Row[Any]]) -> Files:
    files: Files = {}
    for row in rows:
        files.setdefault(row.generation_id, []).append(row)
    return files
