"""The points at which drills end our programs are still there."""

import importlib
import inspect
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.drills import doomed
from tests.chaos.drills.doomed import OF_A_WORKER, OF_THE_API, Point, arm

POINTS = OF_A_WORKER | OF_THE_API


@pytest.mark.parametrize("name", POINTS)
def test_a_point_is_something_that_is_awaited(name: str) -> None:
    point = POINTS[name]
    found: Any = reduce(getattr, point.name.split("."), importlib.import_module(point.module))
    assert inspect.iscoroutinefunction(found)


@pytest.mark.parametrize("after", [True, False])
async def test_it_happens_once_and_only_while_the_flag_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    happened: list[str] = []

    async def work(number: int) -> int:
        happened.append(f"work {number}")
        return number

    act: Callable[[], None] = lambda: happened.append("act")  # noqa: E731
    monkeypatch.setattr(doomed, "work", work, raising=False)
    flag = tmp_path / "armed"
    arm(Point("tests.chaos.drills.doomed", "work", after=after, counts=lambda given, _: given[0] > 1), act, flag)
    armed: Any = doomed
    await armed.work(2)
    flag.touch()
    assert [await armed.work(number) for number in (1, 2, 3)] == [1, 2, 3]
    around = ["work 2", "act"] if after else ["act", "work 2"]
    assert happened == ["work 2", "work 1", *around, "work 3"]
