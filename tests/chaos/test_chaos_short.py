"""The chaos run of `make chaos` in half a minute: fewer generations, every kind of fault in its share."""

import sys

import pytest

from tests.chaos.run import Size, own_folder, run

pytestmark = pytest.mark.alone


async def test_no_generation_is_lost_or_run_twice_while_everything_is_killed() -> None:
    with own_folder() as folder:
        outcome = await run(Size(generations=45, seed=7), folder)
    sys.stdout.write(outcome.table)
    assert outcome.findings.violations == []
