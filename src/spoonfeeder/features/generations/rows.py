"""Generations as answers and events show them, straight from Core rows (STACK: "Where the time goes").

JSON columns travel undecoded: Postgres gives their text and orjson passes it through.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Row, Text, cast, select, true, type_coerce
from sqlalchemy.types import NULLTYPE

from spoonfeeder.core.lossless import lossless
from spoonfeeder.core.signed_urls import SignedUrls
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.realtime.events import seq_of

_INTERNAL = {"deleted_at", "workflow_json_snapshot", "submit_count", "submitted_at", "waiting_since"}
_INTERNAL |= {"run", "run_after", "attempt", "crashes", "owner", "fence", "lease_until"}
_INTERNAL |= {"needs_sha256", "queue_order", "fingerprint", "search"}
_JSON_COLUMNS = (
    *("parameters", "warnings", "loras_used", "error_details", "outputs"),
    *("batch_coordinates", "verification"),
)
_AS_TEXT = (*_JSON_COLUMNS, "seed")
COLUMNS = Generation.__table__.c
"""For lists: a select of mapped attributes costs twice as much."""

# asyncpg gives a list already; SQLAlchemy's ARRAY goes through each once more, a twelfth of the time of a page.
_TAGS = type_coerce(COLUMNS.tags, NULLTYPE).label("tags")
SHOWN = select(
    *(_TAGS if column is COLUMNS.tags else column for column in COLUMNS if column.key not in {*_INTERNAL, *_AS_TEXT}),
    *(cast(COLUMNS[name], Text).label(name) for name in _AS_TEXT),
)
"""Everything an answer shows, without the snapshot."""
IS_THERE = COLUMNS.deleted_at.is_(None).is_(true())
"""Not deleted, for rows of one session or of known ids: no index over what is shown of a whole workspace fits this.

PostgreSQL expects the newest rows to have what many have, and would walk through all to those of a session long ago.
"""


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
