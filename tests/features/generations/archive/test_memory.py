"""A thousand pictures take no more memory than a hundred."""

import gc
import random
import re
from pathlib import Path
from uuid import UUID

import pytest

from tests.features.generations.archive.made import PATH, add_many, session
from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")
MIB = 2**20
PICTURE = b"\x89PNG\r\n\x1a\n" + random.Random(0).randbytes(200 * 1024)


async def test_a_thousand_pictures_in_constant_memory(shared_api: Application) -> None:
    peaks = {}
    for count in (100, 1_000):
        session_id = await session(shared_api.settings)
        await add_many(shared_api.settings, count, PICTURE, session_id=session_id)
        peaks[count] = await _peak_bytes(shared_api, session_id, count)
    assert peaks[1_000] - peaks[100] < 4 * MIB, peaks
    assert peaks[1_000] < 16 * MIB, peaks


async def _peak_bytes(api: Application, session_id: UUID, count: int) -> int:
    """By how much server and reader, both of this process, become larger."""
    received = 0
    gc.collect()
    before = _new_peak()
    async with api.http.stream("GET", PATH, params={"session_id": str(session_id)}) as answer:
        assert answer.headers["x-total-files"] == str(count)
        async for chunk in answer.aiter_raw():
            received += len(chunk)
    assert received > count * len(PICTURE)
    return _peak() - before


def _new_peak() -> int:
    """The highest is forgotten, so that it begins at what there is now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert told is not None
    return int(told[1]) * 1024
