"""The machine that a benchmark ran on, without names."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Machine:
    cores: int
    clock: str
    memory_gb: float
    system: str

    @classmethod
    def now(cls) -> Self:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        return cls(os.cpu_count() or 1, _clock(), pages * size / 1e9, system)

    def __str__(self) -> str:
        return f"{self.cores} cores at {self.clock}, {self.memory_gb:.0f} GB of memory, {self.system}"


def _clock() -> str:
    """As Linux tells of the first core."""
    try:
        told = Path("/proc/cpuinfo").read_text()
        return f"{float(told.partition('cpu MHz')[2].partition(':')[2].split()[0]) / 1000:.1f} GHz"
    except (OSError, ValueError, IndexError):
        return "an unknown clock"
