"""The axes of a sweep: what their ranges hold, and the points that they span."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.features.generations.batches.schemas import MOST, Axis, Mode, Range

MOST_TOLD = 10**12
DIGITS = 10
"""Of a number that no whole step leads to, as a third is."""

Point = dict[str, Any]
"""The coordinates of one generation: a value by the name of each axis."""


@dataclass(frozen=True, slots=True)
class Line:
    """An axis with its values one by one."""

    parameter: str
    values: list[Any]


def lines_of(axes: Sequence[Axis], mode: Mode, limit: int) -> list[Line]:
    """Raises Invalid where they span more than `limit` points, before any range is walked, or do not fit together."""
    lengths = [_length(axis) for axis in axes]
    if mode == "zip" and len(set(lengths)) > 1:
        told = ", ".join(_many(length) for length in lengths)
        raise invalid_field("axes", f"With mode zip all axes need as many values as each other; these have {told}.")
    total = lengths[0] if mode == "zip" else prod(lengths)
    if total > limit:
        bound = f"its limit is {limit:,}" + (f", and {MOST:,} are the most at once" if total > MOST else "")
        raise invalid_field("axes", f"This sweep would make {_many(total)} generations; {bound}.", code="too_many")
    return [Line(axis.parameter, list(_values(axis))) for axis in axes]


def points_of(lines: Sequence[Line], mode: Mode) -> Iterator[Point]:
    """In the order of the axes: with `product` the last one moves first."""
    names = [line.parameter for line in lines]
    values = (line.values for line in lines)
    for combination in zip(*values, strict=True) if mode == "zip" else product(*values):
        yield dict(zip(names, combination, strict=True))


def _length(axis: Axis) -> int:
    if axis.range is None:
        return len(axis.values or ())
    if axis.range.step is None:
        return axis.range.count or 0
    start, end, step = (_exact(number) for number in (axis.range.start, axis.range.end, axis.range.step))
    return (end - start) // step + 1


def _values(axis: Axis) -> Iterator[Any]:
    if axis.range is None:
        yield from axis.values or ()
        return
    length = _length(axis)
    for position in range(length):
        yield _at(axis.range, position, length)


def _at(numbers: Range, position: int, length: int) -> int | float:
    """Exact to the eye: three steps of 0.1 are 0.3. Whole where all that was given is."""
    start, end = _exact(numbers.start), _exact(numbers.end)
    step = _exact(numbers.step) if numbers.step is not None else (end - start) / max(length - 1, 1)
    number = start + position * step
    are_whole = not any(isinstance(given, float) for given in (numbers.start, numbers.end, numbers.step))
    if are_whole and number.denominator == 1:
        return int(number)
    return float(number) if numbers.step is not None else float(f"{float(number):.{DIGITS}g}")


def _exact(number: float | str) -> Fraction:
    """Of what was written, not of the nearest binary number."""
    return Fraction(str(number))


def _many(number: int) -> str:
    return f"{number:,}" if number <= MOST_TOLD else f"more than {MOST_TOLD:,}"
