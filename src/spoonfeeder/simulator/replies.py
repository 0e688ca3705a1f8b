"""JSON as ComfyUI writes it: ASCII, and bare NaN and Infinity where a value is one."""

import json
from typing import Any

from starlette.responses import Response


class Json(Response):
    def __init__(self, content: Any, status_code: int = 200) -> None:
        text = json.dumps(content)
        super().__init__(text.encode(), status_code, media_type="application/json; charset=utf-8")
