"""The chaos run of `make chaos` in a quarter of a minute: 24 generations, and every kind of fault at least once."""

import sys

import pytest

from tests.chaos.run import Size, own_folder, run

pytestmark = pytest.mark.alone


async def test_no_generation_is_lost_or_run_twice_while_everything_is_killed() -> None:
    with own_folder() as folder:
        outcome = await run(Size(generations=24, seed=3), folder)
    sys.stdout.write(outcome.table)
    assert outcome.findings.violations == []
