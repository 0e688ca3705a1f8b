"""Ollama's stream cut anywhere, stalling, lying, and left by its reader."""

import asyncio
import gzip
from typing import Any

import pytest

from spoonfeeder.providers import errors, streaming
from spoonfeeder.providers.base import Finish
from spoonfeeder.simulator.ollama import Options, SimulatedOllama
from tests.fixtures import ollama_replies as ollama
from tests.fixtures.ollama import adapter, request, simulated
from tests.fixtures.scripted import Asked, Reply, scripted
from tests.providers.table import outcome, text_of
from tests.serving import NOBODY_URL
from tests.waiting import until

__all__ = ["simulated"]

LINES: list[dict[str, Any]] = [
    *({"message": {"content": said}, "done": False} for said in ("Grüße, ", "👋 ", "Wörld")),
    {"message": {"content": ""}, "done": True, "done_reason": "stop"},
]
TRANSCRIPT = ollama.transcript(LINES)
BOMB = Reply(200, [gzip.compress(b"\n" * (8 * 1024 * 1024), 1)], headers={"content-encoding": "gzip"})


def told_by(count: int, is_whole: bool) -> str:
    """What the lines within the first `count` bytes say; the last one needs no line feed where the end is clean."""
    whole = TRANSCRIPT[: count + is_whole].count(b"\n")
    return "".join(line["message"]["content"] for line in LINES[:whole])


@pytest.mark.parametrize("is_whole", [True, False])
async def test_cut_at_every_byte(is_whole: bool, http: Any) -> None:
    """A whole answer without its last line feed is whole."""
    cuts = iter(range(len(TRANSCRIPT)))

    def script(_: Asked) -> Reply:
        count = next(cuts)
        return Reply(200, [TRANSCRIPT[: count // 2], TRANSCRIPT[count // 2 : count]], is_whole=is_whole)

    async with scripted(script=script) as server:
        for count in range(len(TRANSCRIPT)):
            got, error = await outcome(adapter(server.url, http), request())
            if is_whole and count == len(TRANSCRIPT) - 1:
                assert error is None
            else:
                assert type(error) is errors.StreamTruncated, count
                assert not any(isinstance(delta, Finish) for delta in got)
            assert text_of(got) == told_by(count, is_whole), count


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
async def test_pieces_of_any_size_with_crlf(size: int, http: Any) -> None:
    sent = TRANSCRIPT.replace(b"\n", b"\r\n\r\n")
    chunks = [sent[start : start + size] for start in range(0, len(sent), size)]
    async with scripted(Reply(200, chunks)) as server:
        got, error = await outcome(adapter(server.url, http), request())
    assert error is None
    assert text_of(got) == "Grüße, 👋 Wörld"


async def test_line_that_is_no_json_is_not_passed_over(http: Any) -> None:
    sent = [ollama.transcript([ollama.piece("Hel")]), b"<html>\n", ollama.transcript([ollama.piece("lo"), LINES[-1]])]
    async with scripted(Reply(200, sent)) as server:
        got, error = await outcome(adapter(server.url, http), request())
    assert type(error) is errors.Broken
    assert text_of(got) == "Hel"


async def test_endless_line_and_bomb_are_given_up(http: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds, letters = Reply(200, [b"\n" * 65_536] * 10), Reply(200, [b"x" * 65_536] * 18)
    for reply, most in ((feeds, 200_000), (letters, 2_000_000), (BOMB, 2_000_000)):
        monkeypatch.setattr(streaming, "MAX_STREAM_BYTES", most)
        async with scripted(reply) as server:
            got, error = await outcome(adapter(server.url, http), request())
        assert type(error) is errors.Broken
        assert got == []


async def test_bomb_of_models_is_given_up(http: Any) -> None:
    async with scripted(BOMB) as server:
        with pytest.raises(errors.Broken):
            await adapter(server.url, http).models()


async def test_patience_before_and_within_an_answer(
    http: Any, simulated: SimulatedOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated.fail("/api/chat", "slow", seconds=5)
    got, error = await outcome(adapter(simulated.url, http, first_byte_seconds=0.1), request())
    assert type(error) is errors.FirstByteTimeout

    monkeypatch.setattr(streaming, "IDLE_SECONDS", 0.1)
    slow = Reply(200, [ollama.transcript([line]) for line in LINES], pause_seconds=60)
    async with scripted(slow) as server:
        got, error = await outcome(adapter(server.url, http), request())
    assert type(error) is errors.IdleTimeout
    assert text_of(got) == "Grüße, "


async def test_nobody_there(http: Any) -> None:
    _, error = await outcome(adapter(NOBODY_URL, http), request())
    assert type(error) is errors.Unreachable


async def test_reader_who_leaves_ends_the_answer_at_ollama(http: Any) -> None:
    async with SimulatedOllama(Options(chunks=500, chunks_per_second=50)) as slow:
        deltas = adapter(slow.url, http).chat(request())
        await anext(deltas)
        await deltas.aclose()
        await until(lambda: slow.left == ["llama3.2:latest"])


async def test_connection_is_used_again(http: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "DRAIN_SECONDS", 20.0)
    seen: list[object] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(size)
                writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                writer.write(f"{len(TRANSCRIPT):x}\r\n".encode() + TRANSCRIPT + b"\r\n")
                await writer.drain()
                await asyncio.sleep(0.01)
                writer.write(b"0\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        for _ in range(3):
            assert (await outcome(adapter(url, http), request()))[1] is None
        await http.aclose()
    assert len(seen) == 1


async def test_server_that_does_not_end_after_the_end_holds_nobody_up(http: Any) -> None:
    slow = Reply(200, [TRANSCRIPT, *[b"\n"] * 600], pause_seconds=0.1)
    async with scripted(slow) as server, asyncio.timeout(10):
        got, error = await outcome(adapter(server.url, http), request())
    assert error is None
    assert isinstance(got[-1], Finish)
