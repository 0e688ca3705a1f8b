"""What the programs of a soak hold at a moment: memory, open files, connections, rows."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.chaos.program import Program

SIZES = text(
    "SELECT pg_database_size('spoonfeeder') AS bytes, (SELECT count(*) FROM comfyui_generations) AS generations,"
    " (SELECT count(*) FROM pg_stat_activity WHERE usename = 'spoonfeeder') AS connections"
)
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    pid: int
    rss_bytes: int
    descriptors: int


@dataclass(frozen=True, slots=True)
class Sample:
    """`at` is of time.monotonic()."""

    at: float
    processes: list[Process]
    connections: int
    database_bytes: int
    generations: int


async def sample_every(seconds: float, programs: Sequence[Program], engine: AsyncEngine, into: list[Sample]) -> None:
    """Until cancelled; a moment at which something is away is left out."""
    while True:
        await asyncio.sleep(seconds)
        try:
            async with engine.connect() as connection:
                row = (await connection.execute(SIZES)).mappings().one()
            processes = [process_of(program) for program in programs]
        except (SQLAlchemyError, OSError):
            continue
        into.append(Sample(time.monotonic(), processes, row["connections"], row["bytes"], row["generations"]))


def process_of(program: Program) -> Process:
    """Raises FileNotFoundError for one that has just ended."""
    pid = program.process.pid
    own = Path(f"/proc/{pid}")
    resident = int((own / "statm").read_text().split()[1]) * PAGE_BYTES
    return Process(program.name, pid, resident, len(list((own / "fd").iterdir())))
