"""Gemini's replies, recorded or documented, through the adapter: the right text, the right error, the right wait."""

from base64 import b64decode
from typing import Any

import orjson
import pytest

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import FinishReason, MessageRole, Provider
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import Adapter, ChatMessage, ChatRequest, Connection, Delta, Finish, Picture, Usage
from spoonfeeder.providers.gemini import Gemini
from tests.fixtures import gemini_replies as gemini
from tests.fixtures.scripted import Asked, Reply, scripted
from tests.providers.table import ROWS, Replies, date_of_return, outcome, require, text_of

KEY = "AIzaSyCanary-6f1f0c5b-0123456789abcdef"


def request(*parts: str | Picture, model: str = gemini.MODEL, **options: Any) -> ChatRequest:
    return ChatRequest(model, (ChatMessage(MessageRole.USER, parts or ("Hello?",)),), options)


def with_option(name: str, value: Any) -> ChatRequest:
    return ChatRequest(gemini.MODEL, request().messages, {name: value})


def adapter(url: str, http: Any, key: str | None = KEY) -> Adapter:
    return Gemini(Connection(Provider.GEMINI, url, key), http)


async def said(url: str, http: Any, asked: ChatRequest | None = None) -> list[Delta]:
    return [delta async for delta in adapter(url, http).chat(asked or request())]


def _exhausted(*details: gemini.Chunk, retry_after: str | None = None) -> Reply:
    words = "You exceeded your current quota."
    return gemini.refused(429, "RESOURCE_EXHAUSTED", words, *details, retry_after=retry_after)


PER_DAY = gemini.quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")
PER_MINUTE = gemini.quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier")
TOO_LONG = "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576)."
OVERLOADED = gemini.error(503, "UNAVAILABLE", "The model is overloaded.")
HEL = gemini.sse([gemini.chunk("Hel")])
REPLIES: Replies = {
    "normal": lambda: gemini.stream(gemini.answer("Hello")),
    "stream": lambda: gemini.stream(gemini.answer("Hel", "lo, ", "Wörld ", "👋", "\n")),
    "length": lambda: gemini.stream(gemini.answer("Hello", finish="MAX_TOKENS")),
    "empty": lambda: gemini.stream(gemini.answer()),
    "content_filter": lambda: gemini.stream(gemini.answer("Hel", finish="SAFETY")),
    "blocked_prompt": lambda: gemini.stream([gemini.blocked()]),
    "bad_request": lambda: gemini.refused(400, "INVALID_ARGUMENT", "Invalid value"),
    "bad_key": lambda: gemini.bad_key(KEY),
    "no_credit": lambda: _exhausted(PER_DAY),
    "forbidden": lambda: gemini.refused(403, "PERMISSION_DENIED", "Not for you"),
    "unknown_model": lambda: gemini.refused(404, "NOT_FOUND", "models/x is not found"),
    "too_long": lambda: gemini.refused(400, "INVALID_ARGUMENT", TOO_LONG),
    "rate_limit": lambda: _exhausted(PER_MINUTE),
    "rate_limit_seconds": lambda: _exhausted(retry_after="30"),
    "rate_limit_date": lambda: _exhausted(retry_after=date_of_return()),
    "rate_limit_garbage": lambda: _exhausted(gemini.retry_info("soon"), retry_after="soon"),
    "failed": lambda: gemini.refused(500, "INTERNAL", "Internal error"),
    "unavailable": lambda: gemini.refused(503, "UNAVAILABLE", "The model is overloaded."),
    "overloaded_529": lambda: Reply(529, [b"<html>busy</html>"], "text/html"),
    "redirect": lambda: Reply(307, [], headers={"location": "http://127.0.0.1:9/v1/models"}),
    "not_this_provider": lambda: Reply(200, [b"<html>Welcome to nginx</html>"], "text/html"),
    "cut_stream": lambda: Reply(200, [HEL], "text/event-stream", is_whole=False),
    "ended_without_end": lambda: Reply(200, [HEL], "text/event-stream"),
    "error_after_200": lambda: Reply(200, [HEL, gemini.sse([OVERLOADED])], "text/event-stream"),
    "garbage_event": lambda: Reply(200, [HEL, b"data: {no\n\n"], "text/event-stream"),
}
"""Gemini tells a refusal of its own by SAFETY and its like only."""


@pytest.mark.parametrize("row", REPLIES)
async def test_row(row: str, http: Any) -> None:
    async with scripted(REPLIES[row]()) as server:
        deltas, error = await outcome(adapter(server.url, http), request())
    require(ROWS[row], deltas, error)
    assert len(server.asked) == 1, "the SDK tried again"
    assert KEY not in f"{error!s} {error!r} {error.envelope() if error else ''}"


OTHER_ANSWERS = {
    "several parts": ([gemini.chunk("Hel", "lo", finish="STOP")], "Hello", FinishReason.STOP),
    "more to come": (gemini.answer("Once", finish="CONTINUATION"), "Once", FinishReason.LENGTH),
    "recitation": (gemini.answer("To be", finish="RECITATION"), "To be", FinishReason.CONTENT_FILTER),
    "prohibited": (gemini.answer(finish="PROHIBITED_CONTENT"), "", FinishReason.CONTENT_FILTER),
    "unknown reason": (gemini.answer("Hm", finish="TEA_TIME"), "Hm", FinishReason.OTHER),
    "no content": (
        [{"candidates": [{"finishReason": "STOP"}], "modelVersion": gemini.VERSION}],
        "",
        FinishReason.STOP,
    ),
    "thoughts": ([gemini.chunk("Let me see", thought=True), *gemini.answer("42")], "42", FinishReason.STOP),
}


@pytest.mark.parametrize("row", OTHER_ANSWERS)
async def test_other_answer(row: str, http: Any) -> None:
    chunks, expected, reason = OTHER_ANSWERS[row]
    async with scripted(gemini.stream(chunks)) as server:
        deltas = await said(server.url, http)
    assert text_of(deltas) == expected
    assert deltas[-1] == Finish(reason, gemini.VERSION)


async def test_answer_of_a_proxy_that_does_not_stream(http: Any) -> None:
    whole = orjson.dumps(gemini.chunk("Hello", finish="STOP"), option=orjson.OPT_INDENT_2)
    async with scripted(Reply(200, [whole])) as server:
        deltas = await said(server.url, http)
    assert text_of(deltas) == "Hello"


OTHER_FAILURES: dict[str, tuple[Reply, type[errors.ProviderError], float | None]] = {
    "401": (gemini.refused(401, "UNAUTHENTICATED", "Expected OAuth"), errors.Unauthorized, None),
    "place": (gemini.refused(400, "FAILED_PRECONDITION", "User location"), errors.NotPermitted, None),
    "RetryInfo": (_exhausted(PER_MINUTE, gemini.retry_info("17.5s")), errors.RateLimited, 17.5),
    "RetryInfo of a day": (_exhausted(PER_DAY, gemini.retry_info("40s")), errors.QuotaExceeded, 40.0),
    "504": (gemini.refused(504, "DEADLINE_EXCEEDED", "Too slow"), errors.Timeout, None),
    "list of an error": (Reply.json([OVERLOADED], 503), errors.Overloaded, None),
    "no JSON object": (Reply.json([1], 500), errors.Failed, None),
    "error of 1 MiB": (Reply(503, [b"x" * 1024 * 1024], "text/plain"), errors.Overloaded, None),
    "bare error after 200": (
        Reply(200, [HEL, orjson.dumps(OVERLOADED, option=orjson.OPT_INDENT_2)], "text/event-stream"),
        errors.Overloaded,
        None,
    ),
    "blocked for a new reason": (gemini.stream([gemini.blocked("TEA_TIME")]), errors.ContentPolicy, None),
}


@pytest.mark.parametrize("row", OTHER_FAILURES)
async def test_other_failure(row: str, http: Any) -> None:
    reply, kind, waits = OTHER_FAILURES[row]
    async with scripted(reply) as server:
        _, error = await outcome(adapter(server.url, http), request())
    assert error is not None
    assert (type(error), error.retry_after_seconds) == (kind, waits)


async def test_usage_with_thoughts_and_what_comes_after_the_end(http: Any) -> None:
    counts = {"toolUsePromptTokenCount": 1, "candidatesTokenCount": 4, "thoughtsTokenCount": 30}
    late = {"usageMetadata": {"promptTokenCount": 9, **counts, "cachedContentTokenCount": 5, "totalTokenCount": 44}}
    async with scripted(gemini.stream([gemini.chunk("Hi"), gemini.chunk("!", finish="STOP"), late])) as server:
        deltas = await said(server.url, http)
    told = [delta for delta in deltas if isinstance(delta, Usage)]
    assert told[0] == Usage(9), "known before the answer's end, should it break off"
    assert told[-1] == Usage(10, 34, 44, 5, 30)


async def test_each_picture_stands_in_its_place(http: Any) -> None:
    pictures = [Picture("image/png", bytes([number]) * 400_000) for number in range(3)]
    messages = (
        ChatMessage(MessageRole.USER, (pictures[0], "and", pictures[1])),
        ChatMessage(MessageRole.ASSISTANT, ("Yes",)),
        ChatMessage(MessageRole.USER, ("then", pictures[2], pictures[0])),
    )
    async with scripted(gemini.stream(gemini.answer("Hi"))) as server:
        await said(server.url, http, ChatRequest(gemini.MODEL, messages))
    parts = [part for content in server.asked[0].json["contents"] for part in content["parts"]]
    shown = [b64decode(part["inlineData"]["data"]) for part in parts if "inlineData" in part]
    assert shown == [picture.data for picture in (*pictures, pictures[0])]


async def test_request_as_gemini_wants_it(http: Any) -> None:
    messages = (
        ChatMessage(MessageRole.SYSTEM, ("Be kind.",)),
        ChatMessage(MessageRole.USER, ("Look", Picture("image/png", b"\x89PNG\xff\xfe"))),
        ChatMessage(MessageRole.ASSISTANT, ("",)),
        ChatMessage(MessageRole.ASSISTANT, ("I see",)),
        ChatMessage(MessageRole.USER, ("!",)),
        ChatMessage(MessageRole.SYSTEM, ("Be brief.",)),
    )
    options = {
        "max_tokens": 5,
        "stop": "END",
        "temperature": 0.5,
        "top_p": 0.9,
        "topK": 3,
        "seed": 7,
        "presence_penalty": 0.1,
        "thinkingConfig": {"thinkingBudget": 0},
        "safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    }
    async with scripted(gemini.stream(gemini.answer("Hi"))) as server:
        await said(server.url, http, ChatRequest(gemini.MODEL, messages, options))
    asked = server.asked[0]
    assert asked.path == f"/v1/models/{gemini.MODEL}:streamGenerateContent?alt=sse"
    assert asked.headers["x-goog-api-key"] == KEY
    assert KEY not in asked.path
    assert asked.json == {
        "systemInstruction": {"parts": [{"text": "Be kind.\n\nBe brief."}], "role": "user"},
        "contents": [
            {
                "role": "user",
                "parts": [{"text": "Look"}, {"inlineData": {"mime_type": "image/png", "data": "iVBOR//+"}}],
            },
            {"role": "model", "parts": [{"text": "I see"}]},
            {"role": "user", "parts": [{"text": "!"}]},
        ],
        "generationConfig": {
            "maxOutputTokens": 5,
            "stopSequences": ["END"],
            "temperature": 0.5,
            "topP": 0.9,
            "topK": 3,
            "seed": 7,
            "presencePenalty": 0.1,
            "thinkingConfig": {"thinking_budget": 0},
        },
        "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    }


@pytest.mark.parametrize(
    ("model", "version"),
    [("gemini-flash-latest", "v1beta"), ("models/gemini-4-preview", "v1beta"), ("gemini-3.8-flash", "v1")],
)
async def test_api_version(model: str, version: str, http: Any) -> None:
    async with scripted(gemini.stream(gemini.answer("Hi"))) as server:
        await said(f"{server.url}/gate/v1", http, request(model=model))
    name = model.removeprefix("models/")
    assert server.asked[0].path == f"/gate/{version}/models/{name}:streamGenerateContent?alt=sse"


@pytest.mark.parametrize(
    "name", ["http_options", "httpOptions", "candidateCount", "toolConfig", "tools", "system_instruction", "n", "x"]
)
async def test_option_is_refused_by_name_before_anything_is_sent(name: str, http: Any) -> None:
    async with scripted(gemini.stream(gemini.answer("Hi"))) as server:
        with pytest.raises(Invalid) as caught:
            await said(server.url, http, with_option(name, 1))
    assert caught.value.details is not None
    assert caught.value.details[0]["loc"] == f"options.{name}"
    assert not server.asked


async def test_wrong_value_is_named_as_it_was_given(http: Any) -> None:
    with pytest.raises(Invalid) as caught:
        await said("http://127.0.0.1:1", http, request(max_tokens="many"))
    assert caught.value.details is not None
    assert caught.value.details[0]["loc"] == "options.max_tokens"


@pytest.mark.parametrize("model", ["../../x", "a?b", ""])
async def test_no_model_of_that_name(model: str, http: Any) -> None:
    async with scripted(gemini.stream(gemini.answer("Hi"))) as server:
        with pytest.raises(errors.Rejected):
            await said(server.url, http, request(model=model))
    assert not server.asked


async def test_models_of_all_pages(http: Any) -> None:
    names = (
        "gemini-3.8-flash",
        "gemini-embedding-2",
        "imagen-4",
        "veo-3",
        "gemini-3.8-flash-image",
        "gemma-4",
        "gemini-nano-banana-2.1",
        "gemini-omni-1.1-flash",
        "gemini-3.8-flash-tts",
        "gemini-3.5-transcribe",
    )
    actions = {"gemini-embedding-2": ("embedContent",), "imagen-4": ("predict",), "veo-3": ("predictLongRunning",)}
    found = [gemini.model(name, *actions.get(name, ())) for name in names]
    async with scripted(gemini.models(*found[:2], next_page="p2"), gemini.models(*found[2:])) as server:
        models = {model.id: model for model in await adapter(server.url, http).models()}
    assert {name: "+".join(models[name].output_modalities) for name in names} == {
        "gemini-3.8-flash": "text",
        "gemini-embedding-2": "",
        "imagen-4": "image",
        "veo-3": "video",
        "gemini-3.8-flash-image": "text+image",
        "gemma-4": "text",
        "gemini-nano-banana-2.1": "text+image",
        "gemini-omni-1.1-flash": "video",
        "gemini-3.8-flash-tts": "audio",
        "gemini-3.5-transcribe": "text",
    }
    assert "image" in models["gemini-3.8-flash"].input_modalities
    assert models["gemini-3.8-flash"].details["supported_actions"] == ["generateContent", "countTokens"]
    assert "pageToken=p2" in server.asked[1].path


async def test_pages_without_end_are_not_followed_for_ever(http: Any) -> None:
    async with scripted(gemini.models(gemini.model("a"), next_page="again")) as server:
        await adapter(server.url, http).models()
    assert len(server.asked) == 10


async def test_test_needs_the_key(http: Any) -> None:
    async with scripted(gemini.bad_key(KEY), gemini.models(gemini.model("a"))) as server:
        with pytest.raises(errors.Unauthorized):
            await adapter(server.url, http).test()
        answered = await adapter(server.url, http).test()
    assert answered.models == 1


async def test_server_without_any_model_is_not_gemini(http: Any) -> None:
    async with scripted(Reply.json({})) as server:
        with pytest.raises(errors.Broken):
            await adapter(server.url, http).test()


@pytest.mark.parametrize("answered", [b'{"models": [1]}', b"<html>", b'{"models": "x"}', b"\xff"])
async def test_other_server_is_broken(answered: bytes, http: Any) -> None:
    async with scripted(Reply(200, [answered])) as server:
        with pytest.raises(errors.Broken):
            await adapter(server.url, http).models()


@pytest.mark.parametrize("model", ["gemini-embedding-001", "gemini-embedding-2"])
async def test_one_embedding_for_each_text_in_batches(model: str, http: Any) -> None:
    def script(asked: Asked) -> Reply:
        sent = [each["content"]["parts"][0]["text"] for each in asked.json["requests"]]
        return gemini.embeddings(*([float(text)] for text in sent))

    async with scripted(script=script) as server:
        texts = [str(number) for number in range(150)]
        found = await adapter(server.url, http).embed(model, texts, {"dimensions": 1})
    assert found.vectors == [[float(number)] for number in range(150)]
    assert [len(asked.json["requests"]) for asked in server.asked] == [100, 50]
    assert server.asked[0].json["requests"][0]["outputDimensionality"] == 1


async def test_missing_embedding_is_broken(http: Any) -> None:
    async with scripted(gemini.embeddings([1.0])) as server:
        with pytest.raises(errors.Broken):
            await adapter(server.url, http).embed("gemini-embedding-001", ["a", "b"], {})
