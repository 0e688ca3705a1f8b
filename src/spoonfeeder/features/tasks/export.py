"""The history as a file, read and sent piece by piece: what it holds makes no difference to the memory."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
from sqlalchemy import ColumnElement
from starlette.responses import StreamingResponse

from spoonfeeder.core.actor import User
from spoonfeeder.core.media_response import content_disposition
from spoonfeeder.core.pagination import Cursor, Place
from spoonfeeder.core.spreadsheets import csv_cell, csv_lines
from spoonfeeder.features.tasks import queries
from spoonfeeder.features.tasks.rows import task_json
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work

ExportFormat = Literal["csv", "json"]
AT_ONCE = 50
"""A text may have a megabyte."""
JSON = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
OF_TASK = (
    *("id", "name", "type", "provider", "profile_id", "model", "status", "prompt", "error_code", "error"),
    *("attempt", "run", "priority", "generation_id", "schedule_id", "created_at", "started_at", "completed_at"),
)
OF_METADATA = ("input_tokens", "output_tokens", "duration_ms", "finish_reason", "cost_usd")
COLUMNS = (*OF_TASK, "result", "files", *OF_METADATA)


def export(runtime: Runtime, actor: User, where: ColumnElement[bool], form: ExportFormat) -> StreamingResponse:
    """Of the tasks where `where` holds, the newest first."""
    pieces = _csv(runtime, actor, where) if form == "csv" else _json(runtime, actor, where)
    name = content_disposition(f"tasks-{datetime.now(UTC):%Y-%m-%d}.{form}", attachment=True)
    headers = {"Content-Disposition": name, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    media_type = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    return StreamingResponse(pieces, media_type=media_type, headers=headers)


async def _batches(runtime: Runtime, actor: User, where: ColumnElement[bool]) -> AsyncIterator[list[dict[str, Any]]]:
    """Each in a transaction of its own, which is over before the reader gets it."""
    cursor: Cursor | None = None
    more: str | None = ""
    while more is not None:
        async with open_work(runtime, actor) as work:
            rows, more = await queries.page(work, where, Place(1, AT_ONCE, cursor), whole=True)
            names = rows[0]._fields if rows else ()
            items = [task_json(names, row, runtime.signed_urls) for row in rows]
        cursor = Cursor.read(more) if more else None
        yield items


async def _json(runtime: Runtime, actor: User, where: ColumnElement[bool]) -> AsyncIterator[bytes]:
    before = b"[\n"
    async for items in _batches(runtime, actor, where):
        for item in items:
            yield before + orjson.dumps(item, default=str, option=JSON)
            before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


async def _csv(runtime: Runtime, actor: User, where: ColumnElement[bool]) -> AsyncIterator[bytes]:
    yield csv_lines([COLUMNS])
    async for items in _batches(runtime, actor, where):
        yield csv_lines(_cells(item) for item in items)


def _cells(item: dict[str, Any]) -> list[Any]:
    result = item["result"] or {}
    plain = orjson.loads(orjson.dumps(result, default=str, option=JSON))
    files = [file["url"] for file in plain.get("outputs", ())]
    metadata = plain.get("metadata") or {}
    said = None if files else plain.get("content")
    values = [*(item[name] for name in OF_TASK), said, " ".join(files), *(metadata.get(name) for name in OF_METADATA)]
    return [csv_cell(value) for value in values]
