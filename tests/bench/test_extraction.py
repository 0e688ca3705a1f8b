"""RELIABILITY A45: extraction from graphs made to be slow, against reading the same graph's JSON."""

import json
import time
from collections.abc import Callable
from statistics import median

import pytest

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.graph import Graph, parse
from spoonfeeder.comfy.parameters import extract
from tests.comfy.hostile_shapes import SHAPES

pytestmark = pytest.mark.bench

NODES = 3_000
PAIRS = 30
MOST_MILLISECONDS = 200.0
MOST_TIMES = 8.0


@pytest.mark.parametrize("make", SHAPES)
def test_parameters_are_extracted_about_as_fast_as_json_is_read(make: Callable[[int], Graph]) -> None:
    document = json.dumps(make(NODES))
    graph = parse(document)
    anatomy = Anatomy.of(graph)
    pairs = [
        (_milliseconds(lambda: json.loads(document)), _milliseconds(lambda: extract(graph, None, anatomy)))
        for _ in range(PAIRS)
    ]
    floor, ours = median(one for one, _ in pairs), median(one for _, one in pairs)
    times = median(more / least for least, more in pairs)
    print(f"\n{make.__name__}: floor {floor:.2f} ms, ours {ours:.2f} ms, {times:.2f} times")  # noqa: T201
    assert ours <= MOST_MILLISECONDS
    assert times <= MOST_TIMES


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000
