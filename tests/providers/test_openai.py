"""OpenAI's replies, as documented or seen at servers that speak alike, through the adapter."""

from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import FinishReason, MessageRole, Provider
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import ChatMessage, ChatRequest, Connection, Finish, Picture, TextDelta, Usage
from spoonfeeder.providers.openai import OpenAI
from tests.fixtures import openai_replies as said
from tests.fixtures.log_lines import LogLines
from tests.fixtures.scripted import Reply, Scripted, scripted
from tests.providers.table import ROWS, Replies, date_of_return, outcome, require, text_of

KEY = "sk-proj-canary-5Up3rS3cr3t"
EXCESS = "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens."


def adapter(server: Scripted | str, http: httpx2.AsyncClient, key: str | None = KEY) -> OpenAI:
    url = server if isinstance(server, str) else f"{server.url}/v1"
    return OpenAI(Connection(Provider.OPENAI, url, key), http)


def asking(*parts: str | Picture, **options: Any) -> ChatRequest:
    return ChatRequest("gpt-4o-mini", (ChatMessage(MessageRole.USER, parts or ("Hello?",)),), options)


def _rate_limit(**headers: str) -> Reply:
    return said.error(429, "Rate limit reached", kind="requests", code="rate_limit_exceeded", **headers)


REPLIES: Replies = {
    "normal": lambda: said.stream(*said.transcript(["Hello"])),
    "stream": lambda: said.stream(*said.transcript(["Hel", "lo, ", "Wörld ", "👋", "\n"])),
    "length": lambda: said.stream(*said.transcript(["Hello"], "length")),
    "empty": lambda: said.stream(*said.transcript([])),
    "refusal": lambda: said.stream(
        said.chunk({"refusal": "I cannot"}), said.chunk({"refusal": " help."}), said.chunk({}, "stop"), said.DONE
    ),
    "content_filter": lambda: said.stream(*said.transcript(["Hel"], "content_filter")),
    "blocked_prompt": lambda: said.error(400, "The response was filtered", kind=None, code="content_filter"),
    "bad_request": lambda: said.error(400, "Wrong", param="temperature", code="invalid_value"),
    "bad_key": lambda: said.error(401, f"Incorrect API key provided: {KEY}.", code="invalid_api_key"),
    "no_credit": lambda: said.error(429, "You exceeded", kind="insufficient_quota", code="insufficient_quota"),
    "forbidden": lambda: said.error(403, "Country not supported", code="unsupported_country_region_territory"),
    "unknown_model": lambda: said.error(404, "The model `gpt-4o-mini` does not exist", code="model_not_found"),
    "too_long": lambda: said.error(400, EXCESS, param="messages", code="context_length_exceeded"),
    "rate_limit": _rate_limit,
    "rate_limit_seconds": lambda: _rate_limit(retry_after="30"),
    "rate_limit_date": lambda: _rate_limit(retry_after=date_of_return()),
    "rate_limit_garbage": lambda: _rate_limit(retry_after="soon"),
    "failed": lambda: said.error(500, "The server had an error", kind="server_error"),
    "unavailable": lambda: said.error(503, "The engine is overloaded", kind="server_error"),
    "overloaded_529": lambda: Reply(529, [b"<html>busy</html>"], "text/html"),
    "redirect": lambda: Reply(307, [], headers={"location": "http://127.0.0.1:9/v1/chat/completions"}),
    "not_this_provider": lambda: Reply(200, [b"<html>Welcome to nginx</html>"], "text/html"),
    "cut_stream": lambda: said.stream(said.chunk({"content": "Hel"}), is_whole=False),
    "ended_without_end": lambda: said.stream(said.chunk({"content": "Hel"})),
    "error_after_200": lambda: said.stream(
        said.chunk({"content": "Hel"}),
        said.event({"error": {"message": "Overloaded", "type": "server_error", "code": 503}}),
        said.DONE,
    ),
    "garbage_event": lambda: said.stream(said.chunk({"content": "Hel"}), b"data: {not json\n\n", said.DONE),
}


@pytest.mark.parametrize("row", ROWS)
async def test_row(row: str, http: httpx2.AsyncClient) -> None:
    async with scripted(REPLIES[row]()) as server:
        deltas, error = await outcome(adapter(server, http), asking())
    require(ROWS[row], deltas, error)
    assert len(server.asked) == 1, "the SDK tried again"
    assert KEY not in f"{error!s} {error!r} {error.envelope() if error else ''}"


OTHER_REFUSALS: dict[str, tuple[Reply, type[errors.ProviderError]]] = {
    "vllm too long": (
        Reply.json({"object": "error", "message": EXCESS, "type": "BadRequestError"}, 400),
        errors.ContextWindow,
    ),
    "llama.cpp too long": (
        said.error(400, "the request exceeds the available context size", kind="exceed_context_size_error", code=400),
        errors.ContextWindow,
    ),
    "vllm model": (
        Reply.json({"message": "The model `x` does not exist.", "type": "NotFoundError", "code": 404}, 404),
        errors.ModelMissing,
    ),
    "no such path": (Reply.json({"detail": "Not Found"}, 404), errors.Broken),
    "a bare sentence": (Reply.json({"error": "Unexpected endpoint or method."}, 400), errors.Rejected),
    "openrouter credit": (said.error(402, "Insufficient credits", kind=None, code=402), errors.QuotaExceeded),
    "azure filter": (
        said.error(400, "x", kind=None, code="content_filter", param="prompt"),
        errors.ContentPolicy,
    ),
    "gateway": (Reply(504, [b"upstream"], "text/plain"), errors.Timeout),
    "no JSON object": (Reply.json([1], 500), errors.Failed),
    "error of 1 MiB": (Reply(503, [b"x" * 1024 * 1024], "text/plain"), errors.Overloaded),
}


@pytest.mark.parametrize("row", OTHER_REFUSALS)
async def test_refusals_of_compatible_servers(row: str, http: httpx2.AsyncClient) -> None:
    reply, expected = OTHER_REFUSALS[row]
    async with scripted(reply) as server:
        _, error = await outcome(adapter(server, http), asking())
    assert type(error) is expected


async def test_rejected_names_the_parameter_but_never_the_key(http: httpx2.AsyncClient) -> None:
    async with scripted(said.error(400, param="temperature"), said.error(400, param="canary_key")) as server:
        _, named = await outcome(adapter(server, http, "canary_key"), asking())
        _, hidden = await outcome(adapter(server, http, "canary_key"), asking())
    assert named is not None
    assert '"temperature"' in named.message
    assert hidden is not None
    assert "canary" not in hidden.message


async def test_provider_words_are_logged_without_the_key(http: httpx2.AsyncClient, log_lines: LogLines) -> None:
    lines = log_lines("json")
    async with scripted(said.error(401, "Wrong key plain-local-key!", code="invalid_api_key")) as server:
        await outcome(adapter(server, http, "plain-local-key"), asking())
    assert "Wrong key" in lines.getvalue()
    assert "plain-local-key" not in lines.getvalue()


@pytest.mark.parametrize("key", ["sk-schlüssel", "sk-a\nX-Evil: 1", "sk-a ", "sk-\x00"])
async def test_key_that_no_header_can_hold(key: str, http: httpx2.AsyncClient) -> None:
    async with scripted(said.stream()) as server:
        _, error = await outcome(adapter(server, http, key), asking())
    assert type(error) is errors.Unauthorized
    assert not server.asked


async def test_nothing_listens(http: httpx2.AsyncClient, unused_tcp_port: int) -> None:
    _, error = await outcome(adapter(f"http://127.0.0.1:{unused_tcp_port}/v1", http), asking())
    assert type(error) is errors.Unreachable


async def test_answer_with_all_that_is_told_of_it(http: httpx2.AsyncClient) -> None:
    async with scripted(said.stream()) as server:
        deltas, _ = await outcome(adapter(server, http), asking())
    assert deltas == [
        TextDelta("Hel"),
        TextDelta("lo"),
        Usage(input_tokens=12, output_tokens=5, total_tokens=17, cached_tokens=4, reasoning_tokens=3),
        Finish(FinishReason.STOP, said.MODEL),
    ]


async def test_server_that_cannot_stream(http: httpx2.AsyncClient) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}
    whole = Reply.json({"object": "chat.completion", "model": "m", "choices": [choice], "usage": {"prompt_tokens": 2}})
    async with scripted(whole) as server:
        deltas, _ = await outcome(adapter(server, http), asking())
    assert deltas == [TextDelta("Hello"), Usage(input_tokens=2), Finish(FinishReason.STOP, "m")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("tool_calls", FinishReason.OTHER), ("eos", FinishReason.STOP), ("brand_new", FinishReason.OTHER)],
)
async def test_other_finish_reasons(name: str, expected: FinishReason, http: httpx2.AsyncClient) -> None:
    async with scripted(said.stream(*said.transcript(["x"], name))) as server:
        deltas, _ = await outcome(adapter(server, http), asking())
    assert deltas[-1] == Finish(expected, said.MODEL)


async def test_request_on_the_wire(http: httpx2.AsyncClient) -> None:
    messages = (
        ChatMessage(MessageRole.SYSTEM, ("Be brief.",)),
        ChatMessage(MessageRole.USER, ("What is it?", Picture("image/png", b"\x89PNG"))),
        ChatMessage(MessageRole.ASSISTANT, ("A ", "cat.")),
    )
    options = {"max_tokens": 9, "top_k": 4, "stop": ["\n"], "own_name": {"a": 1}}
    async with scripted(said.stream()) as server:
        await outcome(adapter(server, http), ChatRequest("m", messages, options))
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/v1/chat/completions")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}
    assert asked.json == {
        **options,
        "model": "m",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]},
            {"role": "assistant", "content": "A cat."},
        ],
    }


async def test_environment_of_the_sdk_is_not_used(http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "BASE_URL", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "canary")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Canary: canary\nAuthorization: Bearer canary")
    async with scripted(said.stream(), said.models()) as server:
        keyless = adapter(server, http, None)
        await outcome(keyless, asking())
        await keyless.models()
    for asked in server.asked:
        assert "authorization" not in asked.headers
        assert "canary" not in str(asked.headers)


def _own(http: httpx2.AsyncClient, url: str, monkeypatch: pytest.MonkeyPatch) -> OpenAI:
    monkeypatch.setattr("spoonfeeder.providers.openai_sdk.OWN_URL", url)
    own = OpenAI(Connection(Provider.OPENAI, None, KEY), http)
    own._server.is_own = True
    return own


async def test_own_models_want_another_name_of_the_limit(
    http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted(said.stream()) as server:
        own = _own(http, f"{server.url}/v1", monkeypatch)
        await outcome(own, asking(max_tokens=9))
        with pytest.raises(Invalid, match="top_k"):
            await outcome(own, asking(top_k=9))
    assert len(server.asked) == 1
    assert server.asked[0].json["max_completion_tokens"] == 9
    assert "max_tokens" not in server.asked[0].json


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (None, True),
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com/v1", True),
        ("https://api.openai.com.example.org/v1", False),
        ("http://127.0.0.1:8080/v1", False),
    ],
)
async def test_whose_address_it_is(url: str | None, is_own: bool, http: httpx2.AsyncClient) -> None:
    assert OpenAI(Connection(Provider.OPENAI, url), http)._server.is_own is is_own


@pytest.mark.parametrize(
    ("refused", "name"),
    [
        (said.error(400, "Unknown parameter: 'stream_options'", param="stream_options"), "stream_options"),
        (Reply.json({"detail": [{"loc": ["body", "stream_options"], "msg": "extra"}]}, 422), "stream_options"),
        (said.error(400, "Unsupported: 'max_tokens'. Use 'max_completion_tokens' instead."), "max_tokens"),
    ],
)
async def test_server_that_knows_a_parameter_not(refused: Reply, name: str, http: httpx2.AsyncClient) -> None:
    async with scripted(refused, said.stream()) as server:
        asks = adapter(server, http)
        deltas, _ = await outcome(asks, asking(max_tokens=9))
        await outcome(asks, asking(max_tokens=9))
    assert text_of(deltas) == "Hello"
    assert [name in asked.json for asked in server.asked] == [True, False, False]
    assert all(9 in asked.json.values() for asked in server.asked)


async def test_such_a_server_is_asked_twice_at_most(http: httpx2.AsyncClient) -> None:
    async with scripted(said.error(400, "no stream_options")) as server:
        _, error = await outcome(adapter(server, http), asking())
    assert type(error) is errors.Rejected
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "name", ["stream", "model", "messages", "n", "tools", "extra_body", "Extra_Headers", "timeout"]
)
async def test_option_is_refused_by_name_before_anything_is_sent(name: str, http: httpx2.AsyncClient) -> None:
    async with scripted(said.stream()) as server:
        with pytest.raises(Invalid) as caught:
            await outcome(adapter(server, http), asking(**{name: 1}))
        with pytest.raises(Invalid):
            await adapter(server, http).embed("m", ["x"], {name: 1})
    assert caught.value.details is not None
    assert caught.value.details[0]["loc"] == f"options.{name}"
    assert not server.asked


async def test_embeddings_in_the_order_of_the_texts(http: httpx2.AsyncClient) -> None:
    shuffled = {"data": [{"index": 1, "embedding": [1, 0]}, {"index": 0, "embedding": [0.5, 0]}], "model": "e"}
    async with scripted(said.embeddings([0.5], [1.0]), Reply.json(shuffled)) as server:
        plain = await adapter(server, http).embed("m", ["a", "b"], {"dimensions": 1})
        ordered = await adapter(server, http).embed("m", ["a", "b"], {})
    assert plain.vectors == [[0.5], [1.0]]
    assert plain.usage == Usage(input_tokens=8, total_tokens=8)
    assert (ordered.vectors, ordered.model) == ([[0.5, 0], [1, 0]], "e")
    assert server.asked[0].json == {"dimensions": 1, "model": "m", "input": ["a", "b"]}


BAD_EMBEDDINGS: Sequence[bytes] = (
    b"{}",
    b'{"data":[]}',
    b'{"data":[{"embedding":"AAAA"}]}',
    b'{"data":[{"embedding":[NaN]}]}',
    b'{"data":[{"embedding":[1e999]}]}',
    b'{"x":' + b"[" * 5_000,
)


@pytest.mark.parametrize("reply", BAD_EMBEDDINGS)
async def test_what_is_no_embedding(reply: bytes, http: httpx2.AsyncClient) -> None:
    async with scripted(Reply(200, [reply])) as server:
        with pytest.raises(errors.Broken):
            await adapter(server, http).embed("m", ["a"], {})
