"""What ranges hold, and how many points axes span."""

from itertools import product
from math import isclose, prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spoonfeeder.core.errors import Invalid
from spoonfeeder.features.generations.batches.axes import Line, lines_of, points_of
from spoonfeeder.features.generations.batches.schemas import Axis

RANGES = [
    ((0, 1, {"step": 0.1}), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]),
    ((1, 0, {"step": -0.25}), [1, 0.75, 0.5, 0.25, 0]),
    ((10, 25, {"step": 10}), [10, 20]),
    ((20, 50, {"count": 4}), [20, 30, 40, 50]),
    ((0.0, 1, {"count": 4}), [0, 0.3333333333, 0.6666666667, 1]),
    ((7, 7, {"step": 1}), [7]),
    ((7, 9, {"count": 1}), [7]),
    ((2**64 - 3, 2**64 - 1, {"step": 1}), [2**64 - 3, 2**64 - 2, 2**64 - 1]),
    (("9007199254740993", "9007199254740995", {"count": 3}), [2**53 + 1, 2**53 + 2, 2**53 + 3]),
    ((1e-9, 3e-9, {"step": 1e-9}), [1e-9, 2e-9, 3e-9]),
]


def axis(name: str, **walk: Any) -> Axis:
    return Axis.model_validate({"parameter": name, "range": walk})


@pytest.mark.parametrize(("walk", "expected"), RANGES)
def test_a_range_is_exact_to_the_eye(walk: Any, expected: list[Any]) -> None:
    start, end, rest = walk
    [line] = lines_of([axis("x", **{"from": start, "to": end}, **rest)], "product", 500)
    assert line.values == expected
    if all(isinstance(number, int | str) for number in (start, end, *rest.values())):
        assert all(type(value) is int for value in line.values)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_a_product_has_every_combination_once_and_the_last_axis_moves_first(lengths: list[int]) -> None:
    lines = [Line(f"p{number}", list(range(length))) for number, length in enumerate(lengths)]
    points = [tuple(point.values()) for point in points_of(lines, "product")]
    assert len(points) == len(set(points)) == prod(lengths)
    assert points == list(product(*(range(length) for length in lengths)))


@given(st.integers(1, 50), st.integers(1, 8))
def test_a_zip_is_as_long_as_its_axes(length: int, axes: int) -> None:
    lines = [Line(f"p{number}", [value * (number + 1) for value in range(length)]) for number in range(axes)]
    points = list(points_of(lines, "zip"))
    assert points == [{f"p{n}": place * (n + 1) for n in range(axes)} for place in range(length)]


NUMBERS = st.one_of(st.integers(-1_000, 1_000), st.floats(-1_000, 1_000).map(lambda number: round(number, 3)))


@given(NUMBERS, NUMBERS, st.integers(2, 40))
def test_evenly_spread_numbers_have_both_ends(start: float, end: float, count: int) -> None:
    [line] = lines_of([axis("x", **{"from": start, "to": end}, count=count)], "product", 500)
    assert len(line.values) == count
    assert isclose(line.values[0], start)
    assert isclose(line.values[-1], end)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8), st.integers(1, 1_000))
def test_too_many_are_counted_before_any_is_made(counts: list[int], limit: int) -> None:
    axes = [axis(f"p{number}", **{"from": 0, "to": 1}, count=count) for number, count in enumerate(counts)]
    if prod(counts) <= limit:
        assert prod(len(line.values) for line in lines_of(axes, "product", limit)) == prod(counts)
        return
    with pytest.raises(Invalid, match="would make") as refused:
        lines_of(axes, "product", limit)
    told = f"{prod(counts):,}" if prod(counts) <= 10**12 else "more than 1,000,000,000,000"
    assert f"would make {told} generations; its limit is {limit:,}" in refused.value.message


def test_a_range_beyond_all_numbers_is_only_counted() -> None:
    with pytest.raises(Invalid, match=r"more than 1,000,000,000,000 generations"):
        lines_of([axis("x", **{"from": -1e308, "to": 1e308}, step=5e-324)], "product", 500)
