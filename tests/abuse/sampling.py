"""What each operation is asked: all there is in a thorough run (`make abuse`), else a few of it, in turn."""

import os
from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")

THOROUGH = os.environ.get("THOROUGH") == "1"


def sampled(values: Sequence[T], label: str, most: int) -> Sequence[T]:
    """`most` of them from a place that hangs on `label`, so that many operations together are asked every one."""
    if THOROUGH or len(values) <= most:
        return values
    start = crc32(label.encode()) % len(values)
    return [values[(start + step) % len(values)] for step in range(most)]
