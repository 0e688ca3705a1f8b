"""One range of a file, as RFC 9110, section 14, has it; whatever is not one plain byte range is ignored (R47, A8)."""

import re

MAX_DIGITS = 18
_ONE_RANGE = re.compile(rf"bytes=\s*(\d{{0,{MAX_DIGITS}}})-(\d{{0,{MAX_DIGITS}}})\s*")


class Unsatisfiable(Exception):
    """The range begins behind the end of the file, or is empty."""


def requested_range(header: str | None, size: int) -> tuple[int, int] | None:
    """`(start, stop)` with stop exclusive, or None for the whole file; raises Unsatisfiable."""
    matched = _ONE_RANGE.fullmatch(header or "")
    if matched is None:
        return None
    first, last = matched.groups()
    if not first and not last:
        return None
    if not first:
        if int(last) == 0 or size == 0:
            raise Unsatisfiable
        return max(0, size - int(last)), size
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, min(size, int(last) + 1) if last else size
