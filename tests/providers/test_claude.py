"""Claude's replies, recorded or documented, through the adapter: the right text, the right error, the right wait."""

from base64 import b64encode
from typing import Any

import pytest

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import FinishReason, MessageRole, Modality, Provider
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import Adapter, ChatMessage, ChatRequest, Connection, Delta, Finish, Picture, Usage
from spoonfeeder.providers.claude import Claude
from tests.fixtures import claude_replies as claude
from tests.fixtures.scripted import Reply, scripted
from tests.providers.table import ROWS, Replies, date_of_return, outcome, require, text_of

KEY = "sk-ant-api03-canary-6f1f0c5b"


def request(*parts: str | Picture, model: str = claude.MODEL, **options: Any) -> ChatRequest:
    return ChatRequest(model, (ChatMessage(MessageRole.USER, parts or ("Hello?",)),), options)


def with_option(name: str, value: Any) -> ChatRequest:
    return ChatRequest(claude.MODEL, request().messages, {name: value})


def adapter(url: str, http: Any, key: str | None = KEY) -> Adapter:
    return Claude(Connection(Provider.CLAUDE, url, key), http)


async def said(url: str, http: Any, asked: ChatRequest | None = None) -> list[Delta]:
    return [delta async for delta in adapter(url, http).chat(asked or request())]


def _rate_limit(retry_after: str | None = None) -> Reply:
    return claude.refused(429, "rate_limit_error", "Slow down", retry_after=retry_after)


def _invalid(words: str) -> Reply:
    return claude.refused(400, "invalid_request_error", words)


HEL = [claude.start(), *claude.block("Hel")[:-1]]
REPLIES: Replies = {
    "normal": lambda: claude.stream(claude.answer("Hello")),
    "stream": lambda: claude.stream(claude.answer("Hel", "lo, ", "Wörld ", "👋", "\n")),
    "length": lambda: claude.stream(claude.answer("Hello", stop_reason="max_tokens")),
    "empty": lambda: claude.stream(claude.answer()),
    "refusal": lambda: claude.stream(claude.answer("I cannot", " help.", stop_reason="refusal")),
    "blocked_prompt": lambda: _invalid("Output blocked by content filtering policy"),
    "bad_request": lambda: _invalid("metadata.user_id: wrong"),
    "bad_key": lambda: claude.refused(401, "authentication_error", f"invalid x-api-key {KEY}"),
    "no_credit": lambda: _invalid("Your credit balance is too low to access the API."),
    "forbidden": lambda: claude.refused(403, "permission_error", "Your key may not"),
    "unknown_model": lambda: claude.refused(404, "not_found_error", "claude-9"),
    "too_long": lambda: _invalid("prompt is too long: 210000 tokens > 200000 maximum"),
    "rate_limit": _rate_limit,
    "rate_limit_seconds": lambda: _rate_limit("30"),
    "rate_limit_date": lambda: _rate_limit(date_of_return()),
    "rate_limit_garbage": lambda: _rate_limit("soon"),
    "failed": lambda: claude.refused(500, "api_error", "Internal server error"),
    "unavailable": lambda: Reply(503, [b"<html>Unavailable</html>"], "text/html"),
    "overloaded_529": lambda: claude.refused(529, "overloaded_error", "Overloaded"),
    "redirect": lambda: Reply(307, [], headers={"location": "http://127.0.0.1:9/v1/messages"}),
    "not_this_provider": lambda: Reply(200, [b"<html>Welcome to nginx</html>"], "text/html"),
    "cut_stream": lambda: claude.stream(HEL, is_whole=False),
    "ended_without_end": lambda: claude.stream([*HEL, claude.end()]),
    "error_after_200": lambda: claude.stream([*HEL, claude.error("overloaded_error", "Overloaded")]),
    "garbage_event": lambda: Reply(200, [claude.sse(HEL), b"data: {no\n\n"], "text/event-stream"),
}
"""Claude has no filter that ends an answer with status 200 but its refusals."""


@pytest.mark.parametrize("row", REPLIES)
async def test_row(row: str, http: Any) -> None:
    async with scripted(REPLIES[row]()) as server:
        deltas, error = await outcome(adapter(server.url, http), request())
    require(ROWS[row], deltas, error)
    assert len(server.asked) == 1, "the SDK tried again"
    assert KEY not in f"{error!s} {error!r} {error.envelope() if error else ''}"


OTHER_ANSWERS = {
    "stop sequence": (claude.answer("One", stop_reason="stop_sequence"), "One", FinishReason.STOP),
    "window": (claude.answer("x", stop_reason="model_context_window_exceeded"), "x", FinishReason.LENGTH),
    "pause": (claude.answer("Wait", stop_reason="pause_turn"), "Wait", FinishReason.OTHER),
    "unknown reason": (claude.answer("Hm", stop_reason="tea_time"), "Hm", FinishReason.OTHER),
    "thoughts": (
        [claude.start(), *claude.thoughts("Let me see"), *claude.block("42", index=1), claude.end(), claude.STOP],
        "42",
        FinishReason.STOP,
    ),
}


@pytest.mark.parametrize("row", OTHER_ANSWERS)
async def test_other_answer(row: str, http: Any) -> None:
    events, expected, reason = OTHER_ANSWERS[row]
    async with scripted(claude.stream(events)) as server:
        deltas = await said(server.url, http)
    assert text_of(deltas) == expected
    assert deltas[-1] == Finish(reason, claude.MODEL)


OTHER_FAILURES = {
    "402": (claude.refused(402, "billing_error", "Billing"), errors.QuotaExceeded),
    "spend limit": (
        claude.refused(403, "permission_error", "Limit", error_code="contract_spend_limit_reached"),
        errors.QuotaExceeded,
    ),
    "413": (claude.refused(413, "request_too_large", "Request exceeds the maximum size"), errors.ContextWindow),
    "504": (claude.refused(504, "timeout_error", "Timed out"), errors.Timeout),
    "no JSON object": (Reply.json([1], 500), errors.Failed),
    "other shape": (Reply.json({"error": "Overloaded"}, 503), errors.Overloaded),
    "error of 1 MiB": (Reply(503, [b"x" * 1024 * 1024], "text/plain"), errors.Overloaded),
    "unknown error after 200": (claude.stream([*HEL, claude.error("api_error", "?")]), errors.Failed),
    "error without words after 200": (claude.stream([*HEL, {"type": "error"}]), errors.Failed),
    "too long after 200": (
        claude.stream([claude.error("invalid_request_error", "prompt is too long")]),
        errors.ContextWindow,
    ),
}


@pytest.mark.parametrize("row", OTHER_FAILURES)
async def test_other_failure(row: str, http: Any) -> None:
    reply, kind = OTHER_FAILURES[row]
    async with scripted(reply) as server:
        _, error = await outcome(adapter(server.url, http), request())
    assert type(error) is kind


async def test_rejected_names_the_parameter(http: Any) -> None:
    reply = claude.refused(400, "invalid_request_error", "stop_sequences: too many")
    async with scripted(reply) as server:
        with pytest.raises(errors.Rejected, match='"stop_sequences"'):
            await said(server.url, http)


async def test_usage_counts_what_the_cache_held_as_input(http: Any) -> None:
    events = [
        claude.start(input_tokens=5, cache_creation_input_tokens=3, cache_read_input_tokens=100),
        *claude.block("Hi"),
        claude.end(output_tokens=40, output_tokens_details={"thinking_tokens": 30}),
        claude.STOP,
    ]
    async with scripted(claude.stream(events)) as server:
        deltas = await said(server.url, http)
    counts = [delta for delta in deltas if isinstance(delta, Usage)]
    assert counts[0] == Usage(108, None, None, 100), "what the answer comes to is not known before its end"
    assert counts[-1] == Usage(108, 40, 148, 100, 30)
    assert counts[0].input_tokens == 108, "known before the answer, should it break off"


async def test_request_as_claude_wants_it(http: Any) -> None:
    picture = Picture("image/png", b"\x89PNG" * 200_000)
    messages = (
        ChatMessage(MessageRole.SYSTEM, ("Be kind.",)),
        ChatMessage(MessageRole.USER, ("Look", picture)),
        ChatMessage(MessageRole.USER, ("at this",)),
        ChatMessage(MessageRole.ASSISTANT, ("",)),
        ChatMessage(MessageRole.USER, ("!",)),
        ChatMessage(MessageRole.ASSISTANT, ("I see",)),
        ChatMessage(MessageRole.SYSTEM, ("Be brief.",)),
    )
    options = {"max_tokens": 5, "stop": "END", "metadata": {"user_id": "u"}, "thinking": None}
    async with scripted(claude.stream(claude.answer("Hi"))) as server:
        await said(server.url, http, ChatRequest(claude.MODEL, messages, options))
    asked = server.asked[0]
    assert asked.path == "/v1/messages"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["anthropic-version"]
    assert asked.json == {
        "model": claude.MODEL,
        "max_tokens": 5,
        "stream": True,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u"},
        "system": "Be kind.\n\nBe brief.",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look"},
                    {
                        "type": "image",
                        "source": {
                            "type": "base64",
                            "media_type": "image/png",
                            "data": b64encode(picture.data).decode(),
                        },
                    },
                    {"type": "text", "text": "at this"},
                    {"type": "text", "text": "!"},
                ],
            },
            {"role": "assistant", "content": [{"type": "text", "text": "I see"}]},
        ],
    }


@pytest.mark.parametrize(
    "name", ["temperature", "top_p", "top_k", "seed", "presence_penalty", "tools", "stream", "system", "base_url", "x"]
)
async def test_option_is_refused_by_name_before_anything_is_sent(name: str, http: Any) -> None:
    async with scripted(claude.stream(claude.answer("Hi"))) as server:
        with pytest.raises(Invalid) as caught:
            await said(server.url, http, with_option(name, 1))
    assert caught.value.details is not None
    assert caught.value.details[0]["loc"] == f"options.{name}"
    assert not server.asked


async def test_value_that_json_cannot_hold_is_rejected(http: Any) -> None:
    asked = request(metadata={"user_id": 2**70})
    async with scripted(claude.stream(claude.answer("Hi"))) as server:
        with pytest.raises(errors.Rejected):
            await said(server.url, http, asked)


async def test_models_of_all_pages(http: Any) -> None:
    pages = [claude.models(claude.model("a"), has_more=True), claude.models(claude.model("b", sees=False))]
    async with scripted(*pages) as server:
        found = await adapter(server.url, http).models()
    assert [model.id for model in found] == ["a", "b"]
    assert [Modality.IMAGE in model.input_modalities for model in found] == [True, False]
    assert found[0].name == "Claude Sonnet 5"
    assert found[0].details["max_tokens"] == 64_000
    assert "after_id=a" in server.asked[1].path


async def test_pages_without_end_are_not_followed_for_ever(http: Any) -> None:
    async with scripted(claude.models(claude.model("a"), has_more=True)) as server:
        await adapter(server.url, http).models()
    assert len(server.asked) == 10


async def test_test_needs_the_key(http: Any) -> None:
    async with scripted(claude.refused(401, "authentication_error", "no"), claude.models(claude.model())) as server:
        with pytest.raises(errors.Unauthorized):
            await adapter(server.url, http).test()
        answered = await adapter(server.url, http).test()
    assert answered.models == 1


@pytest.mark.parametrize("answered", [b"[]", b'{"data": [1]}', b"<html>", b'{"data": "x"}', b"\xff"])
async def test_other_server_is_broken(answered: bytes, http: Any) -> None:
    async with scripted(Reply(200, [answered])) as server:
        with pytest.raises(errors.Broken):
            await adapter(server.url, http).models()


async def test_no_embeddings(http: Any) -> None:
    with pytest.raises(errors.NotSupported):
        await adapter("http://127.0.0.1:1", http).embed("m", ["x"], {})
