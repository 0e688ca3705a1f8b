"""An answer that is given up when nobody reads it any more."""

import asyncio

import pytest
from starlette.types import Message

from spoonfeeder.core.late_answers import until_left


@pytest.mark.parametrize("turns", range(6))
async def test_nothing_is_left_behind_when_the_reader_leaves_as_the_answer_ends(turns: int) -> None:
    """As a ZIP does: it waits for the server's end as well as for its reader's, who is gone with the last piece."""
    left = asyncio.Event()

    async def reader() -> Message:
        await left.wait()
        return {"type": "http.disconnect"}

    async def end_of_server() -> Message:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def last_piece() -> None:
        left.set()
        for _ in range(turns):
            await asyncio.sleep(0)

    async def answer() -> None:
        await until_left(end_of_server, last_piece())

    await until_left(reader, answer())
    assert asyncio.all_tasks() == {asyncio.current_task()}
