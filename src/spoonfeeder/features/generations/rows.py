"""Generations as answers and events show them, straight from Core rows (STACK: "Where the time goes").

JSON columns travel undecoded: Postgres gives their text and orjson passes it through.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Row, Text, cast, select
from starlette.responses import Response

from spoonfeeder.core.lossless import lossless
from spoonfeeder.core.signed_urls import SignedUrls
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.realtime.events import seq_of

_INTERNAL = {"deleted_at", "workflow_json_snapshot", "submit_count", "submitted_at", "waiting_since"}
_INTERNAL |= {"run", "run_after", "attempt", "crashes", "owner", "fence", "lease_until"}
_JSON_COLUMNS = ("parameters", "warnings", "loras_used", "error_details", "outputs")
_AS_TEXT = (*_JSON_COLUMNS, "seed")
COLUMNS = Generation.__table__.c
"""For lists: a select of mapped attributes costs twice as much."""

SHOWN = select(
    *(column for column in COLUMNS if column.key not in {*_INTERNAL, *_AS_TEXT}),
    *(cast(COLUMNS[name], Text).label(name) for name in _AS_TEXT),
)
"""Everything an answer shows, without the snapshot."""


def as_json(
    names: Sequence[str], row: Row[Any], signed_urls: SignedUrls, live: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The answer of one row of `SHOWN`, whose fields are `names`; `live` is the newer progress of a running one."""
    item = dict(zip(names, row, strict=True))
    version = item.pop("version")
    workspace_id = item.pop("workspace_id")
    outputs = item["outputs"]
    for name in _JSON_COLUMNS:
        if item[name] is not None:
            item[name] = orjson.Fragment(item[name])
    if signed_urls.active:
        item["outputs"] = [signed_urls.sign_fields(output, workspace_id) for output in orjson.loads(outputs)]
    if item["seed"] is not None:
        item["seed"] = lossless(int(item["seed"]))
    item["seq"] = seq_of(version)
    return merged(item, live)


def merged(item: dict[str, Any], live: Mapping[str, Any] | None) -> dict[str, Any]:
    """A running item with its newer progress from Redis, if that is newer."""
    if live and item["status"] == "running" and live["seq"] > item["seq"]:
        item["progress"] = max(item["progress"], live["progress"])
        item["seq"] = live["seq"]
        if "current_node" in item:
            item["current_node"] = live["current_node"]
    return item


class Json(Response):
    """An answer whose body is already made of plain values and fragments."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def ok(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Json:
    return Json({"success": True, "data": data}, status, headers=dict(headers or {}))
