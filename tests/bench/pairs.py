"""Two calls measured in turn, so that what else the machine does meets both."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

PAIRS = 300


@dataclass(frozen=True)
class Pair:
    """Medians in milliseconds, and the medians of the ratios and differences of neighbours."""

    floor: float
    ours: float
    times: float
    more: float

    def __str__(self) -> str:
        return f"floor {self.floor:.2f} ms, ours {self.ours:.2f} ms, {self.times:.2f} times, {self.more:+.2f} ms"


async def compare(floor: Callable[[], Awaitable[object]], ours: Callable[[], Awaitable[object]]) -> Pair:
    for _ in range(30):
        await floor()
        await ours()
    pairs = [(await _milliseconds(floor), await _milliseconds(ours)) for _ in range(PAIRS)]
    return Pair(
        floor=median(least for least, _ in pairs),
        ours=median(more for _, more in pairs),
        times=median(more / least for least, more in pairs),
        more=median(more - least for least, more in pairs),
    )


async def _milliseconds(call: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await call()
    return (time.perf_counter() - started) * 1000
