"""That `make bench` can measure and write down; what it measures takes minutes and is no test."""

import asyncio
import json
import re
from pathlib import Path

from tests.bench import __main__ as runner
from tests.bench import document
from tests.bench.figures import Line, at_least, at_most
from tests.bench.machine import Machine
from tests.bench.stage import load

MACHINE = Machine(2, "2.6 GHz", 24.0, "Linux x86_64, Python 3.11.7")
MET = Line.of_pairs("relay, 1 socket: p50", "ms", [(1.0, 1.5), (2.0, 3.2), (1.0, 1.7)], at_most(2.0))
MISSED = Line.of_pairs("chat, not streamed, 16 clients: answers", "1/s", [(400.0, 100.0)], at_least(1.0))
TOLD = Line("API at rest, resident", "MB (RSS)", 130.0)


def test_what_was_measured_is_written_down() -> None:
    lines = [Line.from_json(json.loads(json.dumps(line.as_json()))) for line in (MET, MISSED, TOLD)]
    assert lines == [MET, MISSED, TOLD]
    told = {"relay": lines[:1], "chat": lines[1:2], "memory": lines[2:]}
    parts = {name: document.Part("2026-11-22 11:30", 0.5, some) for name, some in told.items()}

    page = document.render(MACHINE, parts, ["search"])

    targets = page.partition("## Targets")[2].partition("## All figures")[0]
    assert re.search(r"\| relay, 1 socket: p50 \| 1.00 \| 1.70 ms \| 1.60 . \(1.55-1.65\) \| ≤ 2 . \| met \|", targets)
    assert re.search(r"16 clients: answers \| 400.0 \| 100.0 1/s \| 0.25 .* \| ≥ 1 . \| \*\*missed\*\* \|", targets)
    assert "`search` failed" in targets
    assert "why it is missed" in targets
    assert "resident" not in targets
    assert "| API at rest, resident |  | 130.0 MB (RSS) |" in page
    assert "2 cores at 2.6 GHz" in page
    assert page.count("Measured 2026-11-22 11:30 UTC, load 0.5 at the start.") == 3


def test_a_bench_runs_in_a_process_of_its_own_and_may_fail(tmp_path: Path) -> None:
    assert runner._measured("there is no such bench", tmp_path / "figures.json", is_quick=True) is None


async def test_the_load_generator_counts_what_is_answered() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        measured = await load("calls", url=f"http://127.0.0.1:{port}/", clients=2, seconds=2)

    assert measured["count"] > 2
    assert 0 < measured["p50"] <= measured["p99"]
