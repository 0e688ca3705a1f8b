"""OpenAI's stream cut, split, odd, slow, endless and abandoned (R24, R25, R28, F33, F34, A23)."""

import asyncio
import gzip
from collections.abc import Sequence
from contextlib import aclosing

import httpx2
import pytest

from spoonfeeder.core.http import TargetPolicy, open_client
from spoonfeeder.core.vocabulary import FinishReason, MessageRole, Provider
from spoonfeeder.providers import errors, sdk_http, streaming
from spoonfeeder.providers.base import ChatMessage, ChatRequest, Connection, Finish, TextDelta, Usage
from spoonfeeder.providers.openai import OpenAI
from tests.fixtures import openai_replies as said
from tests.fixtures.scripted import Reply, scripted
from tests.providers.in_memory import InMemory
from tests.providers.table import outcome, text_of
from tests.waiting import until

KEY = "sk-proj-canary-5Up3rS3cr3t"
TEXTS = ("Grüß ", "👋 dich\n", "\u2028 \\ud83d ", "日本")
EVENTS = said.transcript(TEXTS)
BODY = b"".join(EVENTS)
REQUEST = ChatRequest("gpt-4o-mini", (ChatMessage(MessageRole.USER, ("Hello?",)),))


def adapter(url: str, http: httpx2.AsyncClient, first_byte_seconds: float = 20.0) -> OpenAI:
    return OpenAI(Connection(Provider.OPENAI, f"{url}/v1", KEY, first_byte_seconds), http)


def _said_within(count: int) -> tuple[str, bool]:
    """What the whole events of the first `count` bytes say, and whether the reason of the end is among them."""
    position, complete = 0, []
    for event in EVENTS:
        position += len(event)
        complete.append(position <= count)
    return "".join(text for text, is_in in zip(TEXTS, complete[1:], strict=False) if is_in), complete[len(TEXTS) + 1]


@pytest.mark.parametrize("breaks", [True, False], ids=["reset", "end of file"])
async def test_cut_at_every_byte_leaves_the_exact_prefix(breaks: bool) -> None:
    transport = InMemory()
    transport.breaks = breaks
    async with httpx2.AsyncClient(transport=transport) as http:
        asks = adapter("http://provider", http)
        for count in range(0, len(BODY) + 1, 5 if breaks else 1):
            transport.chunks = [BODY[:count]] if count else []
            deltas, error = await outcome(asks, REQUEST)
            text, is_whole = _said_within(count)
            assert text_of(deltas) == text, count
            assert type(error) is (type(None) if is_whole else errors.StreamTruncated), count
            assert isinstance(deltas[-1] if deltas else None, Finish) is is_whole, count


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
async def test_split_at_every_byte_changes_nothing(newline: bytes) -> None:
    transport, body = InMemory(), BODY.replace(b"\n", newline)
    async with httpx2.AsyncClient(transport=transport) as http:
        asks = adapter("http://provider", http)
        for position in range(0, len(body), 3):
            transport.chunks = [body[:position], body[position : position + 1], body[position + 1 :]]
            deltas, error = await outcome(asks, REQUEST)
            assert error is None
            assert text_of(deltas) == "".join(TEXTS)
            assert deltas[-1] == Finish(FinishReason.STOP, said.MODEL)


FIRST = said.chunk({"content": "Hel"})
STOP = said.chunk({}, "stop")
WHOLE = "".join(TEXTS)
_Odd = tuple[bytes, str, type[errors.ProviderError] | None]
ODD: dict[str, _Odd] = {
    "end twice": (BODY * 2, WHOLE, None),
    "rubbish behind the end": (BODY + b"data: {\n\n\xff\xff", WHOLE, None),
    "byte order mark": (b"\xef\xbb\xbf" + FIRST + STOP, "Hel", None),
    "comments, ids, unknown fields": (b": OPENROUTER PROCESSING\n\nid: 4\n\nretry: 1\nx\n\n" + BODY, WHOLE, None),
    "unknown events": (b'event: ping\ndata: {"type": "ping"}\n\n' + BODY, WHOLE, None),
    "without spaces": (BODY.replace(b"data: ", b"data:"), WHOLE, None),
    "empty data": (b"data:\n\ndata: \n\n" + BODY, WHOLE, None),
    "data of two lines": (b'data: {"choices":\ndata: []}\n\n' + BODY, WHOLE, None),
    "no reason but [DONE]": (FIRST + said.DONE, "Hel", None),
    "reason but no [DONE]": (FIRST + STOP, "Hel", None),
    "empty choices": (said.event({"choices": [], "prompt_filter_results": []}) + BODY, WHOLE, None),
    "null choices": (said.event({"choices": None}) + BODY, WHOLE, None),
    "another choice": (said.event({"choices": [{"index": 1, "delta": {"content": "x"}}]}) + BODY, WHOLE, None),
    "content in parts": (
        said.chunk({"content": [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Hi"}]}) + STOP,
        "Hi",
        None,
    ),
    "odd usage": (FIRST + STOP + said.event({"usage": {"prompt_tokens": "many"}}) + said.DONE, "Hel", None),
    "half a character each": (
        FIRST + FIRST.replace(b"Hel", b"\\ud83d") + FIRST.replace(b"Hel", b"\\udc4b") + STOP,
        "Hel\ud83d\udc4b",
        None,
    ),
    "no JSON": (FIRST + b"data: {text\n\n" + BODY, "Hel", errors.Broken),
    "another shape": (FIRST + said.event({"choices": 1}) + BODY, "Hel", errors.Broken),
    "a list": (FIRST + b"data: []\n\n" + BODY, "Hel", errors.Broken),
    "too deep": (FIRST + b'data: {"x":' + b"[" * 20_000 + b"\n\n", "Hel", errors.Broken),
    "not UTF-8": (FIRST + FIRST.replace(b"Hel", b"\xff\xfe") + BODY, "Hel", errors.Broken),
    "line of more than 1 MiB": (FIRST + b"data: " + b"x" * 1_100_000, "Hel", errors.Broken),
    "nothing": (b"", "", errors.StreamTruncated),
    "web page": (b"<!doctype html>\n<p>Welcome\n\n", "", errors.StreamTruncated),
    "named error": (
        FIRST + b'event: error\ndata: {"message": "Overloaded", "code": 529}\n\n',
        "Hel",
        errors.Overloaded,
    ),
    "error in words": (FIRST + said.event({"error": "out of memory"}), "Hel", errors.Failed),
    "rate limit": (FIRST + said.event({"error": {"code": "rate_limit_exceeded"}}), "Hel", errors.RateLimited),
}


@pytest.mark.parametrize("row", ODD)
async def test_odd_stream(row: str, http: httpx2.AsyncClient) -> None:
    body, text, kind = ODD[row]
    async with scripted(said.stream(body)) as server:
        deltas, error = await outcome(adapter(server.url, http), REQUEST)
    assert (text_of(deltas), type(error)) == (text, kind or type(None))
    assert sum(isinstance(delta, Finish) for delta in deltas) == (kind is None)


async def test_line_of_almost_1_mib_is_text(http: httpx2.AsyncClient) -> None:
    long = "ä" * 500_000
    async with scripted(said.stream(*said.transcript([long]))) as server:
        deltas, _ = await outcome(adapter(server.url, http), REQUEST)
    assert text_of(deltas) == long


async def test_usage_so_far_of_a_stream_that_breaks_off(http: httpx2.AsyncClient) -> None:
    counted = [said.event({"usage": {"prompt_tokens": 3, "completion_tokens": count}}) for count in (1, 1, 2)]
    async with scripted(said.stream(FIRST, *counted, is_whole=False)) as server:
        deltas, error = await outcome(adapter(server.url, http), REQUEST)
    assert deltas == [TextDelta("Hel"), Usage(3, 1), Usage(3, 2)]
    assert type(error) is errors.StreamTruncated


async def test_no_answer_at_all(http: httpx2.AsyncClient) -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(wait, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        _, error = await outcome(adapter(url, http, 0.05), REQUEST)
        with pytest.raises(errors.FirstByteTimeout):
            await adapter(url, http, 0.05).embed("m", ["x"], {})
    assert type(error) is errors.FirstByteTimeout


async def test_headers_but_no_first_byte(http: httpx2.AsyncClient) -> None:
    async with scripted(said.stream(b"", b"", pause_seconds=60)) as server:
        _, error = await outcome(adapter(server.url, http, 0.05), REQUEST)
    assert type(error) is errors.FirstByteTimeout


@pytest.mark.parametrize(("limit", "kind"), [("IDLE_SECONDS", errors.IdleTimeout), ("TOTAL_SECONDS", errors.Timeout)])
async def test_silence_within_the_answer(
    limit: str, kind: type[errors.ProviderError], http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, limit, 0.05)
    async with scripted(said.stream(FIRST, STOP, pause_seconds=60)) as server:
        deltas, error = await outcome(adapter(server.url, http), REQUEST)
    assert text_of(deltas) == "Hel"
    assert type(error) is kind


async def test_silence_after_the_reason_of_the_end(http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "IDLE_SECONDS", 0.05)
    async with scripted(said.stream(FIRST + STOP, said.DONE, pause_seconds=60)) as server:
        deltas, error = await outcome(adapter(server.url, http), REQUEST)
    assert error is None
    assert deltas[-1] == Finish(FinishReason.STOP, said.MODEL)


async def test_finish_does_not_wait_for_the_connection(http: httpx2.AsyncClient) -> None:
    async with scripted(said.stream(BODY, b": \n", pause_seconds=60)) as server, asyncio.timeout(10):
        deltas, _ = await outcome(adapter(server.url, http), REQUEST)
    assert isinstance(deltas[-1], Finish)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_endless_answer(encoding: str, http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MAX_STREAM_BYTES", 256 * 1024)
    endless = b": still here\n" * 100_000
    body = gzip.compress(endless) if encoding == "gzip" else endless
    reply = Reply(200, [body], "text/event-stream", {"content-encoding": encoding})
    async with scripted(reply) as server:
        _, error = await outcome(adapter(server.url, http), REQUEST)
    assert type(error) is errors.Broken


async def test_list_that_unpacks_without_end(http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk_http, "MAX_JSON_BYTES", 256 * 1024)
    bomb = Reply(200, [gzip.compress(b" " * 10_000_000)], headers={"content-encoding": "gzip"})
    async with scripted(bomb) as server:
        with pytest.raises(errors.Broken):
            await adapter(server.url, http).models()


async def test_what_is_not_gzip(http: httpx2.AsyncClient) -> None:
    async with scripted(Reply(200, [BODY], "text/event-stream", {"content-encoding": "gzip"})) as server:
        _, error = await outcome(adapter(server.url, http), REQUEST)
    assert type(error) is errors.Broken


async def test_closing_hangs_up_at_once(http: httpx2.AsyncClient) -> None:
    async with scripted(said.stream(FIRST, *[b": still here\n"] * 10_000, pause_seconds=0.01)) as server:
        async with aclosing(adapter(server.url, http).chat(REQUEST)) as deltas:
            assert await anext(deltas) == TextDelta("Hel")
        await until(lambda: server.hung_up)


@pytest.mark.parametrize("events", [(FIRST,), ()], ids=["within the answer", "before its first byte"])
async def test_cancelling_hangs_up_at_once(events: Sequence[bytes], http: httpx2.AsyncClient) -> None:
    async with scripted(said.stream(*events, *[b": still here\n"] * 10_000, pause_seconds=0.01)) as server:
        task = asyncio.create_task(outcome(adapter(server.url, http), REQUEST))
        await until(lambda: server.asked)
        task.cancel()
        await until(lambda: server.hung_up)
    assert task.cancelled()


async def test_one_connection_serves_one_answer_after_the_other() -> None:
    async with scripted(said.stream()) as server, open_client(TargetPolicy(local=True)) as http:
        for _ in range(3):
            await outcome(adapter(server.url, http), REQUEST)
    assert (len(server.asked), server.connections) == (3, 1)
