"""OpenAI's own client in front of the other providers."""

from typing import Any

import openai
import orjson
import pytest

from tests.features.openai_api.conftest import PICTURE, Door
from tests.fixtures import claude_replies as claude
from tests.fixtures import gemini_replies as gemini
from tests.fixtures.scripted import Asked, Reply

pytestmark = pytest.mark.asyncio(loop_scope="module")

OLLAMA_SAID = [
    {"model": "m", "message": {"role": "assistant", "content": "Good "}, "done": False},
    {"model": "m", "message": {"role": "assistant", "content": "day"}, "done": False},
    {
        "model": "m",
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 9,
        "eval_count": 4,
    },
]
ANSWERS = {
    "claude": claude.stream(claude.answer("Good ", "day")),
    "gemini": gemini.stream(gemini.answer("Good ", "day")),
    "ollama": Reply(chunks=[orjson.dumps(line) + b"\n" for line in OLLAMA_SAID], content_type="application/x-ndjson"),
}
MISSING = {
    "claude": claude.refused(404, "not_found_error", "model: canary"),
    "gemini": gemini.refused(404, "NOT_FOUND", "models/canary is not found"),
    "ollama": Reply.json({"error": "model 'canary' not found"}, 404),
}
MESSAGES: list[Any] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": PICTURE}}]},
]


@pytest.mark.parametrize("provider", ANSWERS)
async def test_whole_and_streamed_answers(door: Door, provider: str) -> None:
    await door.profile(f"By {provider}", provider)
    door.upstream.replies.append(ANSWERS[provider])
    asked: dict[str, Any] = {"model": f"By {provider}/m:1", "messages": MESSAGES, "max_tokens": 50, "user": "u1"}

    whole = await door.client.chat.completions.create(**asked)
    pieces = [piece async for piece in await door.client.chat.completions.create(**asked, stream=True)]

    assert whole.choices[0].message.content == "Good day"
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces) == "Good day"
    assert {whole.choices[0].finish_reason, pieces[-1].choices[0].finish_reason} == {"stop"}
    assert whole.usage is not None
    assert whole.usage.total_tokens >= whole.usage.prompt_tokens + 1 > 1
    sent = door.upstream.asked[0]
    assert b"iVBORw0KGgo" in sent.body
    assert b"Be brief." in sent.body
    assert b"u1" not in sent.body
    assert b"m:1" in sent.body or "m:1" in sent.path or "m%3A1" in sent.path


@pytest.mark.parametrize("provider", MISSING)
async def test_a_model_that_the_provider_does_not_have(door: Door, provider: str) -> None:
    await door.profile(f"Missing {provider}", provider)
    door.upstream.replies.append(MISSING[provider])

    with pytest.raises(openai.NotFoundError) as raised:
        await door.client.chat.completions.create(model=f"Missing {provider}/m", messages=MESSAGES, stream=True)

    assert raised.value.code == "model_not_found"
    assert "canary" not in raised.value.response.text


@pytest.mark.parametrize("provider", ANSWERS)
async def test_an_option_that_the_provider_does_not_take_is_named(door: Door, provider: str) -> None:
    await door.profile(f"Picky {provider}", provider)
    door.upstream.replies.append(ANSWERS[provider])

    with pytest.raises(openai.BadRequestError) as raised:
        await door.client.chat.completions.create(
            model=f"Picky {provider}/m", messages=MESSAGES, extra_body={"extra_headers": {"x": "y"}}
        )

    assert (raised.value.param, raised.value.code) == ("extra_headers", "validation_error")
    assert not door.upstream.asked


async def test_embeddings_of_gemini_and_ollama(door: Door) -> None:
    def embedding(asked: Asked) -> Reply:
        if "batchEmbed" in asked.path or "embedContent" in asked.path:
            return gemini.embeddings([1.0, 0.5], [2.0, 0.5])
        return Reply.json({"model": "e", "embeddings": [[1.0, 0.5], [2.0, 0.5]], "prompt_eval_count": 6})

    door.upstream.script = embedding
    for provider in ("gemini", "ollama"):
        await door.profile(f"Vectors of {provider}", provider)
        answer = await door.client.embeddings.create(model=f"Vectors of {provider}/e", input=["a", "b"])
        assert [item.embedding for item in answer.data] == [[1.0, 0.5], [2.0, 0.5]], provider
