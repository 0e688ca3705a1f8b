"""Seeds: unsigned 64-bit in ComfyUI, drawn below 2^53 so that every client can hold them (API.md, "seed bigint")."""

import re
import secrets
from collections.abc import Callable
from typing import Any

MAX_SEED = 2**64 - 1
SAFE_SEED = 2**53 - 1
DRAW = -1
_DIGITS = re.compile(r"\s*-?[0-9]{1,20}\s*")

Draw = Callable[[int], int]


def draw_seed(limit: int) -> int:
    """A random seed below `limit`."""
    return secrets.randbelow(limit)


def read_seed(value: Any) -> int:
    """An integer or its digits; DRAW (-1) asks for a new one. Raises ValueError with a sentence."""
    seed = value
    if isinstance(value, str):
        seed = int(value) if _DIGITS.fullmatch(value) else None
    elif isinstance(value, float) and value.is_integer() and abs(value) <= SAFE_SEED:
        seed = int(value)
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ValueError("must be a whole number, or its digits as text")
    if not DRAW <= seed <= MAX_SEED:
        raise ValueError(f"must be -1 (draw one) or between 0 and {MAX_SEED}")
    return seed
