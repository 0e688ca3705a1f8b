"""`/v1/chat/completions` by OpenAI's own client."""

import asyncio
from typing import Any

import openai
import pytest

from tests.features.openai_api.conftest import PICTURE, Door
from tests.fixtures.openai_replies import chunk, error, stream, transcript
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO: list[Any] = [{"role": "user", "content": "Hello"}]


async def test_a_whole_answer(door: Door) -> None:
    await door.profile("Mine")
    door.upstream.replies.append(stream(*transcript(["Good ", "day"])))

    answer = await door.client.chat.completions.create(model="Mine/vendor/gpt:1", messages=HELLO, temperature=0.5)

    assert answer.object == "chat.completion"
    assert answer.id.startswith("chatcmpl-")
    assert answer.model == "Mine/vendor/gpt:1"
    (choice,) = answer.choices
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", "Good day", "stop")
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (12, 5, 17)
    assert answer.usage.prompt_tokens_details is not None
    assert answer.usage.prompt_tokens_details.cached_tokens == 4
    (asked,) = door.upstream.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer key-of-the-profile-0123456789"
    assert (asked.json["model"], asked.json["temperature"]) == ("vendor/gpt:1", 0.5)


async def test_a_stream(door: Door) -> None:
    await door.profile("Streaming")
    door.upstream.replies.append(stream(*transcript(["Good ", "däy", " 🥄"])))

    answer = await door.client.chat.completions.create(
        model="Streaming/gpt", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = [piece async for piece in answer]

    assert {(piece.id, piece.object, piece.model) for piece in chunks} == {
        (chunks[0].id, "chat.completion.chunk", "Streaming/gpt")
    }
    *told, last = chunks
    assert (told[0].choices[0].delta.role, told[0].choices[0].delta.content) == ("assistant", "")
    assert "".join(piece.choices[0].delta.content or "" for piece in told) == "Good däy 🥄"
    assert [piece.choices[0].finish_reason for piece in told] == [None] * (len(told) - 1) + ["stop"]
    assert [piece.usage for piece in told] == [None] * len(told)
    assert (last.choices, last.usage and last.usage.total_tokens) == ([], 17)


async def test_a_stream_on_the_wire(door: Door) -> None:
    await door.profile("Wire")
    door.upstream.replies.append(stream(*transcript(["Hi"])))

    answer = await door.post("/chat/completions", json={"model": "Wire/gpt", "messages": HELLO, "stream": True})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.endswith("\n\ndata: [DONE]\n\n")
    assert '"usage"' not in answer.text


@pytest.mark.parametrize(
    ("told", "reason"), [("length", "length"), ("content_filter", "content_filter"), ("stop", "stop")]
)
async def test_finish_reasons(door: Door, told: str, reason: str) -> None:
    await door.profile(f"Ends by {told}")
    door.upstream.replies.append(stream(*transcript(["x"], told)))

    answer = await door.client.chat.completions.create(model=f"Ends by {told}/gpt", messages=HELLO)

    assert answer.choices[0].finish_reason == reason


async def test_roles_parts_and_pictures_reach_the_provider(door: Door) -> None:
    await door.profile("Seeing")
    door.upstream.replies.append(stream(*transcript(["A dot"])))
    messages: list[Any] = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "First"}], "name": "Ann"},
        {"role": "assistant", "content": "Yes?"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": PICTURE, "detail": "low"}},
            ],
        },
    ]

    answer = await door.client.chat.completions.create(model="Seeing/gpt", messages=messages)

    assert answer.choices[0].message.content == "A dot"
    sent = door.upstream.asked[0].json["messages"]
    assert [message["role"] for message in sent][1:] == ["user", "assistant", "user"]
    assert sent[0]["role"] in {"system", "developer"}
    assert "Be brief." in str(sent[0]["content"])
    assert PICTURE in str(sent[3]["content"])


async def test_known_options_are_mapped_and_unknown_ones_passed_on(door: Door) -> None:
    await door.profile("Options", options={"temperature": 1.5, "top_p": 0.25})
    door.upstream.replies.append(stream(*transcript(["x"])))
    body = {"temperature": 0, "max_completion_tokens": 5, "stop": ["END"], "seed": 3, "presence_penalty": 1}
    body |= {"frequency_penalty": -1.0, "response_format": {"type": "json_object"}, "user": "u1", "min_p": 0.1}
    harmless = {
        "n": 1,
        "tools": [],
        "tool_choice": "auto",
        "logprobs": False,
        "modalities": ["text"],
        "logit_bias": None,
    }

    answer = await door.post("/chat/completions", json={"model": "Options/gpt", "messages": HELLO} | body | harmless)

    assert answer.status_code == 200, answer.text
    sent = door.upstream.asked[0].json
    limit = sent.pop("max_completion_tokens", None) or sent.pop("max_tokens", None)
    assert limit == 5
    kept = {name: value for name, value in body.items() if name != "max_completion_tokens"} | {"top_p": 0.25}
    assert {name: sent.get(name) for name in kept} == kept
    assert sent.keys().isdisjoint(harmless)


@pytest.mark.parametrize(
    ("status", "code", "raises", "told"),
    [
        (400, "context_length_exceeded", openai.BadRequestError, "context_length_exceeded"),
        (400, "content_filter", openai.BadRequestError, "content_filter"),
        (401, "invalid_api_key", openai.InternalServerError, "provider_unauthorized"),
        (404, "model_not_found", openai.NotFoundError, "model_not_found"),
        (429, "rate_limit_exceeded", openai.RateLimitError, "rate_limit_exceeded"),
        (429, "insufficient_quota", openai.APIStatusError, "insufficient_quota"),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_a_providers_refusals(
    door: Door, status: int, code: str, raises: type[openai.APIStatusError], told: str, streamed: bool
) -> None:
    name = f"Refuses {code} {streamed}"
    await door.profile(name)
    door.upstream.replies.append(error(status, "canary-of-the-provider", code=code, retry_after="90"))

    with pytest.raises(raises) as raised:
        await door.client.chat.completions.create(model=f"{name}/gpt", messages=HELLO, stream=streamed)

    assert raised.value.code == told
    assert "canary" not in raised.value.response.text
    if status == 429 and code == "rate_limit_exceeded":
        assert raised.value.response.headers["retry-after"] == "90"
        assert raised.value.type == "rate_limit_error"
    if code == "insufficient_quota":
        assert raised.value.status_code == 402


async def test_a_stream_that_breaks_off_ends_in_an_error(door: Door) -> None:
    await door.profile("Breaks")
    chunks = [chunk({"role": "assistant", "content": "Half"})]
    door.upstream.replies.append(stream(*chunks, is_whole=False))
    body: dict[str, Any] = {"model": "Breaks/gpt", "messages": HELLO}

    answer = await door.client.chat.completions.create(**body, stream=True)
    begun = [(await anext(answer)).choices[0].delta.content for _ in range(2)]
    with pytest.raises(openai.APIError) as raised:
        await anext(answer)

    assert begun == ["", "Half"]
    assert raised.value.code == "provider_stream_truncated"
    with pytest.raises(openai.InternalServerError) as whole:
        await door.client.chat.completions.create(**body)
    assert whole.value.code == "provider_stream_truncated"


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_reader_who_leaves_ends_the_providers_answer(door: Door, streamed: bool) -> None:
    await door.profile(f"Left {streamed}")
    chunks = [chunk({"content": "x"})] * 2_000
    door.upstream.replies.append(stream(*chunks, pause_seconds=0.01))
    asked, hung_up = len(door.upstream.asked), door.upstream.hung_up
    body = {"model": f"Left {streamed}/gpt", "messages": HELLO, "stream": streamed}

    async def read() -> None:
        async with door.application.http.stream("POST", "/v1/chat/completions", json=body) as answer:
            await anext(answer.aiter_bytes())

    reading = asyncio.create_task(read())
    if streamed:
        await reading
    else:
        await until(lambda: len(door.upstream.asked) > asked)
        reading.cancel()

    await until(lambda: door.upstream.hung_up == hung_up + 1)


async def test_usage_that_nobody_counted_is_not_made_up(door: Door) -> None:
    await door.profile("Uncounted")
    door.upstream.replies.append(stream(*transcript(["x"], with_usage=False)))

    answer = await door.client.chat.completions.create(model="Uncounted/gpt", messages=HELLO)

    assert answer.choices[0].message.content == "x"
    assert answer.usage is None
