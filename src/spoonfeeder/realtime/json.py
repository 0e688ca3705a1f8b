"""orjson in the shape that python-socketio and python-engineio ask of a JSON module."""

from typing import Any

import orjson


def dumps(value: Any, **_: Any) -> str:
    """Compact JSON; the keywords of the standard library are accepted and not needed."""
    return orjson.dumps(value).decode()


def loads(text: str | bytes, **_: Any) -> Any:
    """Raises ValueError."""
    return orjson.loads(text)
