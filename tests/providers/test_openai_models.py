"""Lists of models in OpenAI's form, of OpenAI and of servers that tell more."""

from typing import Any

import httpx2
import pytest

from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import Connection, ModelInfo
from spoonfeeder.providers.openai import OpenAI
from spoonfeeder.providers.openai_models import listed
from tests.fixtures import openai_replies as said
from tests.fixtures.scripted import Reply, scripted

TEXT, IMAGE, AUDIO, VIDEO = (Modality.TEXT,), (Modality.IMAGE,), (Modality.AUDIO,), (Modality.VIDEO,)
SEEING = (Modality.TEXT, Modality.IMAGE)


def _one(**told: Any) -> ModelInfo:
    (model,) = listed({"data": [told]})
    return model


async def test_models_and_test(http: httpx2.AsyncClient) -> None:
    async with scripted(said.models("gpt-4o", "text-embedding-3-small")) as server:
        adapter = OpenAI(Connection(Provider.OPENAI, f"{server.url}/v1", "sk-1"), http)
        assert [model.id for model in await adapter.models()] == ["gpt-4o", "text-embedding-3-small"]
        answered = await adapter.test()
    assert answered.models == 2
    assert {(asked.method, asked.path) for asked in server.asked} == {("GET", "/v1/models")}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (said.error(401, code="invalid_api_key"), errors.Unauthorized),
        (said.error(429, code="rate_limit_exceeded"), errors.RateLimited),
        (Reply.json({"detail": "Not Found"}, 404), errors.Broken),
        (Reply(200, [b"<html>"], "text/html"), errors.Broken),
        (Reply.json({"models": []}), errors.Broken),
        (Reply.json([1]), errors.Broken),
        (Reply(302, [], headers={"location": "/elsewhere"}), errors.Broken),
        (Reply(200, [b'{"data": ['], is_whole=False), errors.Unreachable),
    ],
)
async def test_test_that_fails(reply: Reply, kind: type[errors.ProviderError], http: httpx2.AsyncClient) -> None:
    async with scripted(reply) as server:
        with pytest.raises(errors.ProviderError) as caught:
            await OpenAI(Connection(Provider.OPENAI, f"{server.url}/v1", "sk-1"), http).test()
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("name", "inputs", "outputs"),
    [
        ("gpt-4o-mini", SEEING, TEXT),
        ("gpt-5.2-chat-latest", SEEING, TEXT),
        ("o3", SEEING, TEXT),
        ("o3-mini", TEXT, TEXT),
        ("gpt-3.5-turbo", TEXT, TEXT),
        ("gpt-4", TEXT, TEXT),
        ("gpt-image-1", SEEING, IMAGE),
        ("dall-e-3", TEXT, IMAGE),
        ("sora-2", SEEING, VIDEO),
        ("whisper-1", AUDIO, TEXT),
        ("gpt-4o-transcribe", AUDIO, TEXT),
        ("gpt-4o-mini-tts", TEXT, AUDIO),
        ("text-embedding-3-large", TEXT, ()),
        ("Qwen/Qwen2.5-VL-7B-Instruct", SEEING, TEXT),
        ("meta-llama/Llama-3.1-8B", TEXT, TEXT),
    ],
)
def test_modalities_by_name(name: str, inputs: tuple[Modality, ...], outputs: tuple[Modality, ...]) -> None:
    model = _one(id=name)
    assert (model.input_modalities, model.output_modalities) == (inputs, outputs)


def test_modalities_that_a_server_tells() -> None:
    router = _one(
        id="x/y", name="Y", architecture={"input_modalities": ["text", "file"], "output_modalities": ["image"]}
    )
    assert (router.name, router.input_modalities, router.output_modalities) == ("Y", TEXT, IMAGE)
    assert _one(id="gpt-4o", type="vlm").input_modalities == SEEING
    assert _one(id="m", type="embeddings").output_modalities == ()
    assert _one(id="m", architecture={"input_modalities": []}).input_modalities == TEXT


def test_odd_entries_are_left_out() -> None:
    told = {"data": [None, {"id": 4}, {"id": ""}, {"id": "a", "owned_by": "me", "permission": [1]}, {"id": "a"}]}
    assert [(model.id, model.details) for model in listed(told)] == [("a", {"owned_by": "me"})]
