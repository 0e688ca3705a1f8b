"""Integers that every JSON reader can take without losing digits."""

from typing import Any

SAFE_INTEGER = 2**53 - 1


def lossless(value: Any) -> Any:
    """A copy in which integers beyond 2^53-1, as seeds may be, are strings of digits (docs/api.md, "seed bigint")."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= SAFE_INTEGER else str(value)
    if isinstance(value, dict):
        return {name: lossless(item) for name, item in value.items()}
    if isinstance(value, list):
        return [lossless(item) for item in value]
    return value
