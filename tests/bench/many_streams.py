"""The same as `streams` with four times as many, apart, since it is the first that breaks on a slow machine."""

from tests.bench import streams
from tests.bench.figures import Line


async def measure(is_quick: bool) -> list[Line]:
    return await streams.measured(256, is_quick=is_quick)
