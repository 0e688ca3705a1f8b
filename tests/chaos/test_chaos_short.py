"""The chaos run of `make chaos` in a quarter of a minute: every kind of fault at least once, for 24 generations of 300."""

import sys

import pytest

from tests.chaos.run import Size, own_folder, run

pytestmark = pytest.mark.alone


async def test_no_generation_is_lost_or_run_twice_while_everything_is_killed() -> None:
    with own_folder() as folder:
        outcome = await run(Size(generations=24, seed=7), folder)
    sys.stdout.write(outcome.table)
    assert outcome.findings.violations == []
