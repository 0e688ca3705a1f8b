"""Tasks and results as answers show them, straight from Core rows; JSON columns travel undecoded."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, Select, Text, cast, func, select

from spoonfeeder.core.signed_urls import SignedUrls
from spoonfeeder.core.vocabulary import TaskStatus
from spoonfeeder.db.task import Result, Task
from spoonfeeder.realtime.events import seq_of

SHOWN_LETTERS = 1_000
"""Of prompts and texts, in lists."""

TASK_COLUMNS, RESULT_COLUMNS = Task.__table__.c, Result.__table__.c
_INTERNAL = {"place", "sent_at", "call_id", "provider_handle", "waiting_since", "deleted_at"}
_INTERNAL |= {"crashes", "owner", "fence", "lease_until"}
_JSON = ("options", "inputs", "fallback", "tried", "error_details")
_OF_RESULT = "result_"
_PLAIN_OF_RESULT = ("id", "type", "created_at", "updated_at")
_JSON_OF_RESULT = ("metadata", "outputs")


def shown_tasks(letters: int | None = SHOWN_LETTERS) -> Select[Any]:
    """Each with its result; `letters` None is the whole of prompts and texts."""
    plain = (column for column in TASK_COLUMNS if column.key not in {*_INTERNAL, *_JSON, "prompt"})
    json = (cast(TASK_COLUMNS[name], Text).label(name) for name in _JSON)
    prompt = _cut(TASK_COLUMNS.prompt, letters).label("prompt")
    result = (column.label(_OF_RESULT + column.key) for column in _result_columns(letters))
    return (
        select(*plain, prompt, *json, *result)
        .select_from(Task)
        .outerjoin(Result, RESULT_COLUMNS.task_id == TASK_COLUMNS.id)
    )


def shown_results(letters: int | None = SHOWN_LETTERS) -> Select[Any]:
    """Of tasks that are not deleted."""
    of_task = (RESULT_COLUMNS.task_id, RESULT_COLUMNS.workspace_id, TASK_COLUMNS.name.label("task_name"))
    joined = (
        select(*of_task, *_result_columns(letters))
        .select_from(Result)
        .join(Task, TASK_COLUMNS.id == RESULT_COLUMNS.task_id)
    )
    return joined.where(TASK_COLUMNS.deleted_at.is_(None))


def _result_columns(letters: int | None) -> list[Any]:
    return [
        *(RESULT_COLUMNS[name] for name in _PLAIN_OF_RESULT),
        _cut(RESULT_COLUMNS.content, letters).label("content"),
        *(cast(RESULT_COLUMNS[name], Text).label(name) for name in _JSON_OF_RESULT),
    ]


def _cut(column: Any, letters: int | None) -> Any:
    return column if letters is None else func.left(column, letters)


SHOWN_TASKS, WHOLE_TASKS = shown_tasks(), shown_tasks(None)
SHOWN_RESULTS, WHOLE_RESULTS = shown_results(), shown_results(None)
"""Made once: to build one takes longer than the database does."""


def task_json(
    names: Sequence[str], row: Row[Any], signed_urls: SignedUrls, live: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The answer of one row of tasks, whose fields are `names`; `live` is the newer progress of a running one."""
    whole = dict(zip(names, row, strict=True))
    item = {name: value for name, value in whole.items() if not name.startswith(_OF_RESULT)}
    workspace_id = item.pop("workspace_id")
    item["seq"] = seq_of_row(item["status"], item.pop("version"), item["generation_id"], item["progress"])
    for name in _JSON:
        item[name] = _fragment(item[name])
    found = {name.removeprefix(_OF_RESULT): whole[name] for name in whole if name.startswith(_OF_RESULT)}
    item["result"] = None if found["id"] is None else _result(found, workspace_id, signed_urls)
    return merged(item, live)


def result_json(names: Sequence[str], row: Row[Any], signed_urls: SignedUrls) -> dict[str, Any]:
    item = dict(zip(names, row, strict=True))
    workspace_id = item.pop("workspace_id")
    return _result(item, workspace_id, signed_urls)


def _result(item: dict[str, Any], workspace_id: UUID, signed_urls: SignedUrls) -> dict[str, Any]:
    outputs = item["outputs"]
    item["metadata"] = _fragment(item["metadata"])
    item["outputs"] = _fragment(outputs)
    if signed_urls.active and (files := orjson.loads(outputs)):
        item["outputs"] = [signed_urls.sign_fields(file, workspace_id) for file in files]
        item["content"] = signed_urls.sign(item["content"], workspace_id)
    return item


def seq_of_row(status: str, version: int, generation_id: UUID | None, progress: int) -> int:
    """The progress of one that follows a generation is of the row itself, and told with this number."""
    is_told = status == TaskStatus.RUNNING and generation_id is not None
    return seq_of(version, progress + 1 if is_told else 0)


def _fragment(text: str | None) -> orjson.Fragment | None:
    return None if text is None else orjson.Fragment(text)


def merged(item: dict[str, Any], live: Mapping[str, Any] | None) -> dict[str, Any]:
    """A running task with its newer progress from Redis, if that is newer."""
    if live and item["status"] == TaskStatus.RUNNING and live["seq"] > item["seq"]:
        item["progress"] = max(item["progress"], live["progress"])
        item["seq"] = live["seq"]
        if "message" in item:
            item["message"] = live.get("message")
    return item
