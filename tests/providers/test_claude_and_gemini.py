"""What holds for both adapters: streams that are cut, odd or slow, and keys and targets that stay where they belong."""

import asyncio
import gzip
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, closing, suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from spoonfeeder.core.http import TargetPolicy, open_client
from spoonfeeder.core.vocabulary import MessageRole, Provider
from spoonfeeder.providers import errors, sdk_http, streaming
from spoonfeeder.providers.base import Adapter, ChatMessage, ChatRequest, Connection, Delta, Finish, TextDelta
from spoonfeeder.providers.claude import Claude
from spoonfeeder.providers.gemini import Gemini
from tests.fixtures import claude_replies as claude
from tests.fixtures import gemini_replies as gemini
from tests.fixtures.log_lines import LogLines
from tests.fixtures.scripted import Reply, scripted
from tests.providers.in_memory import InMemory
from tests.serving import NOBODY_URL
from tests.waiting import until

KEY = "sk-canary-6f1f0c5b-0123456789"
TEXTS = ("Grüß ", "👋 dich\n", "\u2028 \\ud83d ", "日本")


@dataclass(frozen=True)
class Wire:
    """A transcript, told as the events that end somewhere in it, each with the text that it brings."""

    adapter: Callable[[Connection, Any], Adapter]
    provider: Provider
    events: Sequence[tuple[bytes, str]]
    model: str
    models: Reply
    unknown: bytes
    is_last: bytes
    """Part of the event that ends the answer."""

    @property
    def transcript(self) -> bytes:
        return b"".join(event for event, _ in self.events)

    def text_of(self, count: int) -> str:
        """What the first `count` bytes say in whole events."""
        said, position = "", 0
        for event, text in self.events:
            position += len(event)
            said += text if position <= count else ""
        return said

    def is_complete(self, count: int) -> bool:
        return count >= self.transcript.index(self.is_last) + len(self.is_last) + 4 or count == len(self.transcript)


def _claude_event(event: claude.Event) -> tuple[bytes, str]:
    return claude.sse([event]), event.get("delta", {}).get("text", "")


WIRES = {
    "claude": Wire(
        Claude,
        Provider.CLAUDE,
        [_claude_event(event) for event in claude.answer(*TEXTS)],
        claude.MODEL,
        claude.models(claude.model()),
        b'event: tea\ndata: {"type": "tea", "delta": "cup"}\n\n: hm\n\nid: 4\ndata\n\n',
        b'data: {"type":"message_stop"}\n\n',
    ),
    "gemini": Wire(
        Gemini,
        Provider.GEMINI,
        [
            (gemini.sse([chunk], b"\n"), chunk["candidates"][0]["content"]["parts"][0]["text"])
            for chunk in gemini.answer(*TEXTS)
        ],
        gemini.VERSION,
        gemini.models(gemini.model("a")),
        b'event: tea\ndata: {"tea": {"candidates": 1}}\n\n: hm\n\nid: 4\n\n',
        gemini.sse([gemini.answer(*TEXTS)[-1]], b"\n"),
    ),
}


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest) -> Wire:
    return WIRES[request.param]


@pytest.fixture(autouse=True)
def _no_keys_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(name, "sk-of-the-environment-0123456789")
    for name in ("ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Gate: of-the-environment")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")


def asked() -> ChatRequest:
    return ChatRequest("m", (ChatMessage(MessageRole.USER, ("Hello?",)),))


def chat(wire: Wire, url: str, http: Any, key: str | None = KEY, first_byte: float = 20.0) -> AsyncGenerator[Delta]:
    return wire.adapter(Connection(wire.provider, url, key, first_byte), http).chat(asked())


async def outcome(deltas: AsyncGenerator[Delta]) -> tuple[str, Finish | errors.ProviderError]:
    """The text, and how it ended."""
    said = ""
    end: Finish | None = None
    try:
        async for delta in deltas:
            match delta:
                case TextDelta(text):
                    said += text
                case Finish():
                    assert end is None
                    end = delta
    except errors.ProviderError as error:
        return said, error
    assert end is not None
    return said, end


@pytest.mark.parametrize("breaks", [True, False], ids=["reset", "end of file"])
async def test_cut_at_every_byte_leaves_the_exact_prefix(wire: Wire, breaks: bool) -> None:
    transport = InMemory()
    transport.breaks = breaks
    async with httpx2.AsyncClient(transport=transport) as http:
        adapter = wire.adapter(Connection(wire.provider, "http://provider", KEY), http)
        for count in range(0, len(wire.transcript) + 1, 5 if breaks else 1):
            transport.chunks = [wire.transcript[:count]]
            said, end = await outcome(adapter.chat(asked()))
            assert said == wire.text_of(count), count
            assert type(end) is (Finish if wire.is_complete(count) else errors.StreamTruncated), count


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
async def test_split_at_every_byte_changes_nothing(wire: Wire, newline: bytes) -> None:
    transport = InMemory()
    transcript = wire.transcript.replace(b"\n", newline)
    async with httpx2.AsyncClient(transport=transport) as http:
        adapter = wire.adapter(Connection(wire.provider, "http://provider", KEY), http)
        for position in range(0, len(transcript), 5):
            transport.chunks = [transcript[:position], transcript[position : position + 1], transcript[position + 1 :]]
            said, end = await outcome(adapter.chat(asked()))
            assert said == "".join(TEXTS)
            assert isinstance(end, Finish)
            assert end.model == wire.model


def odd_streams(wire: Wire) -> Iterator[tuple[str, bytes, str, type]]:
    (first, said), *_ = ((event, text) for event, text in wire.events if text)
    whole = "".join(TEXTS)
    yield "end twice", wire.transcript * 2, whole, Finish
    yield "rubbish behind the end", wire.transcript + b"data: {\n\n\xff\xff", whole, Finish
    yield "byte order mark", b"\xef\xbb\xbf: hello\n\n" + wire.transcript, whole, Finish
    yield "unknown events and fields", wire.unknown + wire.transcript, whole, Finish
    yield "without spaces", wire.transcript.replace(b"data: ", b"data:").replace(b"event: ", b"event:"), whole, Finish
    yield "no JSON", first + b"data: {text\n\n" + wire.transcript, said, errors.Broken
    yield "another shape", first + b'data: {"candidates": 1, "delta": 1}\n\n', said, errors.Broken
    yield "not UTF-8", first.replace(said.encode(), b"\xff\xfe"), "", errors.Broken
    yield "line of more than 1 MiB", first + b"data: " + b"x" * 1_100_000, said, errors.Broken
    yield "half a character", first.replace(said.encode(), b"\\ud83d"), "\ud83d", errors.StreamTruncated
    yield "NUL", first.replace(said.encode(), b"\\u0000a"), "\x00a", errors.StreamTruncated
    yield "no events", b"<!doctype html>\n<p>Welcome\n\n", "", errors.StreamTruncated


@pytest.mark.parametrize("row", range(12))
async def test_odd_stream(wire: Wire, row: int, http: Any) -> None:
    name, body, said, end = list(odd_streams(wire))[row]
    async with scripted(Reply(200, [body], "text/event-stream")) as server:
        got = await outcome(chat(wire, server.url, http))
    assert (name, got[0], type(got[1])) == (name, said, end)


async def test_line_of_almost_1_mib_is_text(wire: Wire, http: Any) -> None:
    long = "ä" * 500_000
    body = wire.transcript.replace(TEXTS[0].encode(), long.encode())
    async with scripted(Reply(200, [body], "text/event-stream")) as server:
        said, end = await outcome(chat(wire, server.url, http))
    assert said == "".join((long, *TEXTS[1:]))
    assert isinstance(end, Finish)


async def test_no_first_byte(wire: Wire, http: Any) -> None:
    async with scripted(Reply(200, [b""], "text/event-stream", pause_seconds=60)) as server:
        _, end = await outcome(chat(wire, server.url, http, first_byte=0.05))
    assert type(end) is errors.FirstByteTimeout


async def test_no_answer_at_all(wire: Wire, http: Any) -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(wait, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        _, end = await outcome(chat(wire, f"http://127.0.0.1:{port}", http, first_byte=0.05))
    assert type(end) is errors.FirstByteTimeout


async def test_silence_within_the_answer(wire: Wire, http: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "IDLE_SECONDS", 0.05)
    events = [event for event, _ in wire.events]
    reply = Reply(200, [b"".join(events[:-1]), events[-1]], "text/event-stream", pause_seconds=60)
    async with scripted(reply) as server:
        said, end = await outcome(chat(wire, server.url, http))
    assert type(end) is errors.IdleTimeout
    assert said == wire.text_of(len(wire.transcript) - len(events[-1]))


async def test_finish_does_not_wait_for_a_server_that_keeps_the_stream_open(wire: Wire, http: Any) -> None:
    reply = Reply(200, [wire.transcript, b": \n"], "text/event-stream", pause_seconds=60)
    async with scripted(reply) as server, asyncio.timeout(10):
        _, end = await outcome(chat(wire, server.url, http))
    assert isinstance(end, Finish)


async def test_closing_hangs_up_at_once(wire: Wire, http: Any) -> None:
    many = [wire.transcript[: wire.transcript.index(wire.is_last)], *[b": still here\n"] * 10_000]
    async with scripted(Reply(200, many, "text/event-stream", pause_seconds=0.01)) as server:
        async with aclosing(chat(wire, server.url, http)) as deltas:
            async for delta in deltas:
                if isinstance(delta, TextDelta):
                    break
        await until(lambda: server.hung_up)


async def test_cancelling_hangs_up_at_once(wire: Wire, http: Any) -> None:
    many = [wire.events[0][0], *[b": still here\n"] * 10_000]
    async with scripted(Reply(200, many, "text/event-stream", pause_seconds=0.01)) as server:
        task = asyncio.create_task(outcome(chat(wire, server.url, http)))
        await until(lambda: server.asked)
        task.cancel()
        await until(lambda: server.hung_up)
    assert task.cancelled()


async def test_one_connection_serves_one_answer_after_the_other(wire: Wire) -> None:
    ports = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ports.add(writer.get_extra_info("peername")[1])
        body = wire.transcript
        with closing(writer), suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
                await reader.readexactly(int(length))
                writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                writer.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_client(TargetPolicy(local=True)) as http:
            for _ in range(3):
                await outcome(chat(wire, f"http://127.0.0.1:{port}", http))
    assert len(ports) == 1


async def test_nobody_listens(wire: Wire, http: Any) -> None:
    adapter = wire.adapter(Connection(wire.provider, NOBODY_URL, KEY), http)
    _, end = await outcome(adapter.chat(asked()))
    assert type(end) is errors.Unreachable
    with pytest.raises(errors.Unreachable):
        await adapter.models()


async def test_blocked_target_is_not_connected_to(wire: Wire) -> None:
    async with scripted(wire.models) as server, open_client(TargetPolicy(local=False)) as http:
        adapter = wire.adapter(Connection(wire.provider, server.url, KEY), http)
        _, end = await outcome(adapter.chat(asked()))
        with pytest.raises(errors.NotAllowed):
            await adapter.test()
        with pytest.raises((errors.NotAllowed, errors.NotSupported)):
            await adapter.embed("m", ["x"], {})
    assert type(end) is errors.NotAllowed
    assert not server.asked


async def test_vendors_own_address(wire: Wire) -> None:
    hosts = []

    class Told(InMemory):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            hosts.append((request.url.scheme, request.url.host))
            return await super().handle_async_request(request)

    async with httpx2.AsyncClient(transport=Told()) as http:
        adapter = wire.adapter(Connection(wire.provider, None, KEY), http)
        await outcome(adapter.chat(asked()))
    own = {Provider.CLAUDE: "api.anthropic.com", Provider.GEMINI: "generativelanguage.googleapis.com"}
    assert hosts == [("https", own[wire.provider])]


async def test_without_key_none_of_the_environment_is_sent(wire: Wire, http: Any) -> None:
    replies = [Reply(200, [wire.transcript], "text/event-stream"), wire.models]
    async with scripted(*replies) as server:
        adapter = wire.adapter(Connection(wire.provider, server.url, None), http)
        await outcome(adapter.chat(asked()))
        await adapter.test()
    assert len(server.asked) == 2
    for each in server.asked:
        assert "environment" not in str(each)
        assert each.path.startswith(("/v1/messages", "/v1/models")), "of another platform"
        assert "authorization" not in each.headers


@pytest.mark.parametrize("key", ["sk-canary\nX-Other: 1", "sk-cänary", "sk-canary "])
async def test_key_that_no_header_holds(wire: Wire, key: str, http: Any) -> None:
    async with scripted(wire.models) as server:
        _, end = await outcome(chat(wire, server.url, http, key))
    assert type(end) is errors.Unauthorized
    assert "canary" not in str(end)
    assert not server.asked


async def test_packed_stream_is_not_unpacked(wire: Wire, http: Any) -> None:
    bomb = gzip.compress(b"\n" * 8 * 1024 * 1024)
    async with scripted(Reply(200, [bomb], "text/event-stream", {"content-encoding": "gzip"})) as server:
        _, end = await outcome(chat(wire, server.url, http))
    assert type(end) is errors.Broken
    assert server.asked[0].headers["accept-encoding"] == "identity"


async def test_list_without_end_is_not_read(wire: Wire, http: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk_http, "MAX_JSON_BYTES", 256 * 1024)
    endless = [b'{"data": [], "models": []}', *[b" " * 64 * 1024] * 100]
    async with scripted(Reply(200, endless)) as server:
        with pytest.raises(errors.Broken):
            await wire.adapter(Connection(wire.provider, server.url, KEY), http).models()
        assert server.asked


async def test_provider_words_are_logged_without_the_key(wire: Wire, http: Any, log_lines: LogLines) -> None:
    refused = {
        Provider.CLAUDE: claude.refused(401, "authentication_error", "Wrong key plain-local-key!"),
        Provider.GEMINI: gemini.refused(401, "UNAUTHENTICATED", "Wrong key plain-local-key!"),
    }
    lines = log_lines("json")
    async with scripted(refused[wire.provider]) as server:
        await outcome(chat(wire, server.url, http, "plain-local-key"))
    assert "Wrong key" in lines.getvalue()
    assert "plain-local-key" not in lines.getvalue()


async def test_key_stays_out_of_what_is_shown_of_the_adapter(wire: Wire, http: Any) -> None:
    adapter = wire.adapter(Connection(wire.provider, "http://provider", KEY), http)
    assert KEY not in repr(adapter) + str(vars(adapter))
