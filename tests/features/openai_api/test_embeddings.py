"""`/v1/embeddings` by OpenAI's own client."""

import base64
import struct
from typing import Any

import openai
import pytest

from tests.features.openai_api.conftest import Door
from tests.fixtures.scripted import Asked, Reply

pytestmark = pytest.mark.asyncio(loop_scope="module")


def embedding(asked: Asked) -> Reply:
    """One vector for each text, whose first number is its length; packed where the caller wants that."""
    texts = asked.json["input"] if isinstance(asked.json["input"], list) else [asked.json["input"]]
    vectors: list[Any] = [[float(len(text)), -0.5, 0.25] for text in texts]
    if asked.json.get("encoding_format") == "base64":
        vectors = [base64.b64encode(struct.pack("<3f", *vector)).decode() for vector in vectors]
    data = [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(vectors)]
    usage = {"prompt_tokens": 4, "total_tokens": 4}
    return Reply.json({"object": "list", "data": data, "model": "embed-real", "usage": usage})


async def test_texts_become_vectors_in_their_order(door: Door) -> None:
    await door.profile("Vectors")
    door.upstream.script = embedding

    encodings: list[dict[str, Any]] = [{}, {"encoding_format": "float"}, {"encoding_format": "base64"}]
    for encoding in encodings:
        answer: Any = await door.client.embeddings.create(
            model="Vectors/e-3", input=["a", "bcd"], dimensions=3, **encoding
        )
        assert [item.index for item in answer.data] == [0, 1]
        vectors = [item.embedding for item in answer.data]
        if encoding == {"encoding_format": "base64"}:
            vectors = [list(struct.unpack("<3f", base64.b64decode(vector))) for vector in vectors]
        assert vectors == [[1.0, -0.5, 0.25], [3.0, -0.5, 0.25]], encoding
        assert (answer.model, answer.usage.prompt_tokens, answer.usage.total_tokens) == ("Vectors/e-3", 4, 4)
    assert {asked.json["model"] for asked in door.upstream.asked} == {"e-3"}
    assert {asked.json["dimensions"] for asked in door.upstream.asked} == {3}


async def test_one_text(door: Door) -> None:
    await door.profile("One vector", options={"temperature": 0.5})
    door.upstream.script = embedding

    answer = await door.client.embeddings.create(model="One vector/e", input="four")

    assert [item.embedding[0] for item in answer.data] == [4.0]
    assert "temperature" not in door.upstream.asked[0].json


@pytest.mark.parametrize("given", [[1, 2, 3], [[1, 2]], [], "", None, {"text": "x"}])
async def test_tokens_and_nothing_are_refused(door: Door, given: Any) -> None:
    await door.profile(f"No text {given}")

    answer = await door.post("/embeddings", json={"model": f"No text {given}/e", "input": given})

    assert (answer.status_code, answer.json()["error"]["param"].partition(".")[0]) == (400, "input")
    assert not door.upstream.asked


async def test_a_provider_without_embeddings_says_so(door: Door) -> None:
    await door.profile("Claude has none", "claude")

    with pytest.raises(openai.BadRequestError) as raised:
        await door.client.embeddings.create(model="Claude has none/claude", input="x")

    assert raised.value.code == "provider_not_supported"
