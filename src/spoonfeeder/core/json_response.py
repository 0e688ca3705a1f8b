"""Answers that are JSON already, for lists that are too long to go through Pydantic."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response


class Json(Response):
    """An answer whose body is already made of plain values and fragments."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def ok(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Json:
    return Json({"success": True, "data": data}, status, headers=dict(headers or {}))
