"""Ollama's replies, documented or read off its source, through the adapter: the right text, error and request."""

from typing import Any

import pytest

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import FinishReason, MessageRole, Modality
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import ChatMessage, ChatRequest, Finish, Picture, Usage
from tests.fixtures import ollama_replies as ollama
from tests.fixtures.log_lines import LogLines
from tests.fixtures.ollama import KEY, adapter, request
from tests.fixtures.scripted import Reply, scripted
from tests.providers.table import ROWS, Replies, date_of_return, outcome, require, text_of

STOP = FinishReason.STOP
HEL = ollama.piece("Hel")
TOO_MANY = "Slow down"
REPLIES: Replies = {
    "normal": lambda: ollama.stream(ollama.answer("Hello")),
    "stream": lambda: ollama.stream(ollama.answer("Hel", "lo, ", "Wörld ", "👋", "\n")),
    "length": lambda: ollama.stream(ollama.answer("Hello", reason="length")),
    "empty": lambda: ollama.stream(ollama.answer()),
    "bad_request": lambda: ollama.refused(400, "json: cannot unmarshal string into Go value"),
    "bad_key": lambda: ollama.refused(401, f"unauthorized {KEY}"),
    "no_credit": lambda: ollama.refused(402, "payment required"),
    "forbidden": lambda: ollama.refused(403, "remote model is unavailable"),
    "unknown_model": lambda: ollama.refused(404, "model 'llama3.2' not found"),
    "too_long": lambda: ollama.refused(400, "the input length exceeds the context length"),
    "rate_limit": lambda: ollama.refused(429, TOO_MANY),
    "rate_limit_seconds": lambda: ollama.refused(429, TOO_MANY, retry_after="30"),
    "rate_limit_date": lambda: ollama.refused(429, TOO_MANY, retry_after=date_of_return()),
    "rate_limit_garbage": lambda: ollama.refused(429, TOO_MANY, retry_after="soon"),
    "failed": lambda: ollama.refused(500, "llama runner process has terminated: exit status 2"),
    "unavailable": lambda: ollama.refused(503, "server busy, please try again.  maximum pending requests exceeded"),
    "overloaded_529": lambda: ollama.refused(529, "overloaded"),
    "redirect": lambda: Reply(302, [b""], headers={"location": "http://127.0.0.1:1/"}),
    "not_this_provider": lambda: Reply(404, [b"404 page not found"], "text/plain"),
    "cut_stream": lambda: ollama.stream([HEL], is_whole=False),
    "ended_without_end": lambda: ollama.stream([HEL]),
    "error_after_200": lambda: ollama.stream([HEL, {"error": "server busy, please try again."}]),
    "garbage_event": lambda: Reply(200, [ollama.transcript([HEL]), b"<html>\n", ollama.transcript([ollama.end()])]),
}
"""Refusals are ordinary answers here, and nothing is filtered."""


@pytest.mark.parametrize("row", REPLIES)
async def test_table(row: str, http: Any) -> None:
    async with scripted(REPLIES[row]()) as server:
        deltas, error = await outcome(adapter(server.url, http), request())
    require(ROWS[row], deltas, error)
    assert len(server.asked) == 1


ANSWERS: dict[str, tuple[list[Any], str, FinishReason]] = {
    "refusal": (ollama.answer("I cannot help with that."), "I cannot help with that.", STOP),
    "load": (ollama.answer(reason="load"), "", FinishReason.OTHER),
    "unknown reason": (ollama.answer("Hm", reason="tea_time"), "Hm", FinishReason.OTHER),
    "reason that is no word": ([ollama.piece("Hm"), {**ollama.end(), "done_reason": [1]}], "Hm", STOP),
    "before there were reasons": (ollama.answer("Hm", reason=None), "Hm", STOP),
    "text in the last line": ([{**ollama.end(), "message": {"content": "All at once"}}], "All at once", STOP),
    "thoughts": ([ollama.piece("", thinking="Let me see"), *ollama.answer("42")], "42", STOP),
    "unknown fields": ([{"hello": 1}, {"message": None}, {"message": {"content": 4}}, *ollama.answer("x")], "x", STOP),
    "end twice": ([*ollama.answer("Hi"), *ollama.answer("Hi")], "Hi", STOP),
    "zero letter": (ollama.answer("a\x00b"), "ab", STOP),
}


@pytest.mark.parametrize("row", ANSWERS)
async def test_answer(row: str, http: Any) -> None:
    lines, expected, reason = ANSWERS[row]
    async with scripted(ollama.stream(lines)) as server:
        deltas = [delta async for delta in adapter(server.url, http).chat(request())]
    assert text_of(deltas) == expected
    assert deltas[-1] == Finish(reason, ollama.MODEL)
    assert deltas[-2] == Usage(26, 282, 308)
    assert sum(isinstance(delta, Finish) for delta in deltas) == 1


async def test_counts_that_are_missing_or_odd_are_unknown(http: Any) -> None:
    told: list[dict[str, Any]] = [
        {"eval_count": 3},
        {"prompt_eval_count": True, "eval_count": 3},
        {"prompt_eval_count": -1},
    ]
    for counts in told:
        async with scripted(ollama.stream([ollama.end(**counts)])) as server:
            deltas = [delta async for delta in adapter(server.url, http).chat(request())]
        assert deltas[0] == Usage(None, counts.get("eval_count"), None)


REFUSALS = {
    "401": (ollama.refused(401, f"unauthorized {KEY}"), errors.Unauthorized, None),
    "404 model": (ollama.refused(404, "model 'llama3.2' not found"), errors.ModelMissing, None),
    "404 of an older one": (
        ollama.refused(404, 'model "llama3.2" not found, try pulling it first'),
        errors.ModelMissing,
        None,
    ),
    "413": (ollama.refused(413, "too large"), errors.Rejected, None),
    "429 with Retry-After": (ollama.refused(429, "slow down", retry_after="7"), errors.RateLimited, 7.0),
    "500": (ollama.refused(500, f"llama runner process has terminated {KEY}"), errors.Failed, None),
    "page of a proxy": (Reply(502, [b"<html>Bad Gateway</html>"], "text/html"), errors.Failed, None),
    "error of 1 MiB": (Reply(503, [b"x" * 1024 * 1024], "text/plain"), errors.Overloaded, None),
    "context window": (ollama.refused(400, "input exceeds maximum context length"), errors.ContextWindow, None),
    "cannot": (ollama.refused(400, '"llama3.2" does not support thinking'), errors.NotSupported, None),
    "blind": (ollama.refused(400, '"llama3.2" does not support images'), errors.NotSupported, None),
    "common name": (ollama.refused(500, 'option "num_predict" must be of type integer'), errors.Rejected, None),
    "memory": (ollama.refused(500, "model requires more system memory (9 GiB)"), errors.ProviderError, None),
    "kind of option": (ollama.refused(500, 'option "seed" must be of type integer'), errors.Rejected, None),
}


@pytest.mark.parametrize("row", REFUSALS)
async def test_refusal(row: str, http: Any, log_lines: LogLines) -> None:
    lines = log_lines("json")
    reply, kind, waits = REFUSALS[row]
    async with scripted(reply) as server:
        with pytest.raises(errors.ProviderError) as caught:
            [delta async for delta in adapter(server.url, http).chat(request())]
    assert type(caught.value) is kind
    assert caught.value.retry_after_seconds == waits
    assert len(server.asked) == 1
    assert KEY not in str(caught.value) + repr(caught.value) + str(caught.value.envelope()) + lines.getvalue()


async def test_sentences_say_what_to_do(http: Any) -> None:
    for row, words in (
        *(("404 model", "pull it"), ("kind of option", '"seed"'), ("memory", "memory")),
        *(("cannot", '"think"'), ("blind", "takes no pictures"), ("common name", '"max_tokens"')),
    ):
        async with scripted(REFUSALS[row][0]) as server:
            with pytest.raises(errors.ProviderError, match=words):
                [delta async for delta in adapter(server.url, http).chat(request())]


ERROR_LINE = {"error": "an error was encountered while running the model: unexpected EOF"}
BROKEN_STREAMS: dict[str, tuple[list[Any], type[errors.ProviderError], str]] = {
    "cut stream": ([ollama.piece("Hel")], errors.StreamTruncated, "Hel"),
    "nothing at all": ([], errors.StreamTruncated, ""),
    "error line after 200": ([ollama.piece("Hel"), ERROR_LINE], errors.Failed, "Hel"),
    "error object": ([{"error": {"message": "input exceeds maximum context length"}}], errors.ContextWindow, ""),
    "lists and numbers": ([[1], 4, ollama.piece("Hel"), "x", None], errors.StreamTruncated, "Hel"),
}


@pytest.mark.parametrize("row", BROKEN_STREAMS)
@pytest.mark.parametrize("is_whole", [True, False])
async def test_broken_stream(row: str, is_whole: bool, http: Any) -> None:
    lines, kind, kept = BROKEN_STREAMS[row]
    async with scripted(ollama.stream(lines, is_whole=is_whole)) as server:
        got, error = await outcome(adapter(server.url, http), request())
    assert type(error) is kind
    assert text_of(got) == kept


async def test_request_as_ollama_wants_it(http: Any) -> None:
    messages = (
        ChatMessage(MessageRole.SYSTEM, ("Be kind.",)),
        ChatMessage(MessageRole.USER, ("Look ", Picture("image/png", b"\x89PNG"), "here")),
        ChatMessage(MessageRole.ASSISTANT, ("I see",)),
        ChatMessage(MessageRole.USER, ("!",)),
    )
    options = {"max_tokens": 5, "stop": "END", "seed": 0, "think": False, "format": "json", "keep_alive": "5m"}
    more = {"temperature": 0.5, "num_ctx": 8192, "mirostat": 2, "top_p": None, "presence_penalty": 1.5}
    async with scripted(ollama.stream(ollama.answer("Hi"))) as server:
        asked = ChatRequest(ollama.MODEL, messages, {**options, **more})
        async for _ in adapter(f"{server.url}/", http).chat(asked):
            pass
    (sent,) = server.asked
    assert (sent.method, sent.path) == ("POST", "/api/chat")
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.json == {
        "model": ollama.MODEL,
        "stream": True,
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Look here", "images": ["iVBORw=="]},
            {"role": "assistant", "content": "I see"},
            {"role": "user", "content": "!"},
        ],
        "think": False,
        "format": "json",
        "keep_alive": "5m",
        "options": {
            "num_predict": 5,
            "stop": ["END"],
            "seed": 0,
            "temperature": 0.5,
            "num_ctx": 8192,
            "mirostat": 2,
            "presence_penalty": 1.5,
        },
    }


async def test_without_a_key_none_is_sent(http: Any) -> None:
    async with scripted(Reply.json({"version": "0.11.4"})) as server:
        answered = await adapter(server.url, http, None).test()
    assert answered.version == "0.11.4"
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("name", ["model", "messages", "stream", "tools", "n", "timeout", "extra_body"])
async def test_option_is_refused_by_name_before_anything_is_sent(name: str, http: Any) -> None:
    asked = ChatRequest(ollama.MODEL, request().messages, {name: 1})
    async with scripted(ollama.stream(ollama.answer("Hi"))) as server:
        with pytest.raises(Invalid) as caught:
            [delta async for delta in adapter(server.url, http).chat(asked)]
        with pytest.raises(Invalid):
            await adapter(server.url, http).embed("m", ["x"], {name: 1})
    assert caught.value.details is not None
    assert caught.value.details[0]["loc"] == f"options.{name}"
    assert not server.asked


async def test_models_with_what_they_take(http: Any) -> None:
    rows = [
        {"name": "new:1b", "model": "new:1b", "size": 5, "details": {}, "capabilities": ["completion", "vision"]},
        {"name": "old:1b", "details": {"families": ["llama", "clip"], "quantization_level": "Q4_0"}},
        {"name": "plain:1b", "details": {"families": None}, "modified_at": "0001-01-01T00:00:00+05:00"},
        {"name": "paints:1b", "capabilities": ["image"]},
        {"name": "embeds:1b", "capabilities": ["embedding"]},
        *[{"name": 4}, {}, "x", None],
    ]
    async with scripted(Reply.json({"models": rows})) as server:
        found = await adapter(server.url, http).models()
    sees = {model.id: Modality.IMAGE in model.input_modalities for model in found}
    assert sees == {"new:1b": True, "old:1b": True, "plain:1b": False, "paints:1b": False, "embeds:1b": False}
    assert found[1].details["quantization"] == "Q4_0"
    assert [model.output_modalities for model in found[2:]] == [(Modality.TEXT,), (Modality.IMAGE,), ()]


async def test_embeddings(http: Any) -> None:
    reply = {"model": "all-minilm", "embeddings": [[0.5, 1], [0.25, -1.5]], "prompt_eval_count": 8}
    async with scripted(Reply.json(reply)) as server:
        options = {"dimensions": 2, "num_ctx": 64}
        made = await adapter(server.url, http).embed("all-minilm", ["a", "b"], options)
    assert made.vectors == [[0.5, 1], [0.25, -1.5]]
    assert (made.model, made.usage) == ("all-minilm", Usage(8, None, 8))
    wanted = {"model": "all-minilm", "input": ["a", "b"], "dimensions": 2, "options": {"num_ctx": 64}}
    assert server.asked[0].json == wanted


@pytest.mark.parametrize("vectors", [None, [], [[1.0], [2.0], [3.0]], [[1.0], ["x"]], [[1.0], [None]], {"a": [1.0]}])
async def test_embeddings_that_are_none(vectors: Any, http: Any) -> None:
    async with scripted(Reply.json({"embeddings": vectors})) as server:
        with pytest.raises(errors.Broken):
            await adapter(server.url, http).embed("m", ["a", "b"], {})


@pytest.mark.parametrize("answered", [b"[]", b'{"models": 4}', b"<html>", b'{"version": 4}', b"\xff"])
async def test_other_server_is_broken(answered: bytes, http: Any) -> None:
    async with scripted(Reply(200, [answered])) as server:
        for asking in (adapter(server.url, http).models, adapter(server.url, http).test):
            with pytest.raises(errors.Broken):
                await asking()
