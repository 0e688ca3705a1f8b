"""The replies that the adapter is tested with are shown to Google's own SDK: what it does not take proves nothing."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from google import genai
from google.genai import errors, types

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.base import Connection, Usage
from spoonfeeder.providers.gemini import Gemini
from spoonfeeder.providers.gemini_wire import _FINISH_REASONS
from tests.fixtures import gemini_replies as gemini
from tests.fixtures.scripted import Reply, Scripted, scripted
from tests.providers import test_gemini
from tests.providers.table import text_of


@pytest.fixture
async def bare() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield client


def sdk(server: Scripted, http: httpx2.AsyncClient) -> genai.client.AsyncClient:
    options = types.HttpOptions(base_url=server.url, httpx_async_client=http)
    return genai.Client(vertexai=False, api_key="k", http_options=options).aio


async def ask(server: Scripted, http: httpx2.AsyncClient) -> list[types.GenerateContentResponse]:
    stream = await sdk(server, http).models.generate_content_stream(model=gemini.MODEL, contents="Hello?")
    return [chunk async for chunk in stream]


@pytest.mark.parametrize("row", ["normal", "stream", "length", "content_filter", "empty"])
async def test_sdk_reads_the_same(row: str, bare: httpx2.AsyncClient, http: httpx2.AsyncClient) -> None:
    async with scripted(test_gemini.REPLIES[row]()) as server:
        chunks = await ask(server, bare)
        deltas = await test_gemini.said(server.url, http)
    assert "".join(chunk.text or "" for chunk in chunks) == text_of(deltas)
    assert chunks[-1].model_version == gemini.VERSION
    usage = chunks[-1].usage_metadata
    assert usage is not None
    told = [delta for delta in deltas if isinstance(delta, Usage)][-1]
    assert (usage.prompt_token_count, usage.candidates_token_count) == (told.input_tokens, told.output_tokens)


async def test_sdk_knows_every_reason_of_an_end_that_we_know() -> None:
    assert set(_FINISH_REASONS) <= {reason.value for reason in types.FinishReason}


async def test_sdk_tells_of_a_blocked_prompt(bare: httpx2.AsyncClient) -> None:
    async with scripted(test_gemini.REPLIES["blocked_prompt"]()) as server:
        (chunk,) = await ask(server, bare)
    assert chunk.prompt_feedback is not None
    assert chunk.prompt_feedback.block_reason is types.BlockedReason.PROHIBITED_CONTENT


ERRORS = {
    "bad_request": (400, "INVALID_ARGUMENT"),
    "bad_key": (400, "INVALID_ARGUMENT"),
    "no_credit": (429, "RESOURCE_EXHAUSTED"),
    "forbidden": (403, "PERMISSION_DENIED"),
    "unknown_model": (404, "NOT_FOUND"),
    "rate_limit": (429, "RESOURCE_EXHAUSTED"),
    "failed": (500, "INTERNAL"),
    "unavailable": (503, "UNAVAILABLE"),
    "error_after_200": (503, "UNAVAILABLE"),
}


@pytest.mark.parametrize("row", ERRORS)
async def test_sdk_knows_the_error(row: str, bare: httpx2.AsyncClient) -> None:
    async with scripted(test_gemini.REPLIES[row]()) as server:
        with pytest.raises(errors.APIError) as caught:
            await ask(server, bare)
    assert (caught.value.code, caught.value.status) == ERRORS[row]


async def test_sdk_reads_a_bare_error_among_the_events(bare: httpx2.AsyncClient) -> None:
    reply, *_ = test_gemini.OTHER_FAILURES["bare error after 200"]
    async with scripted(reply) as server:
        with pytest.raises(errors.ServerError):
            await ask(server, bare)


async def test_sdk_lists_the_models(bare: httpx2.AsyncClient, http: httpx2.AsyncClient) -> None:
    def page(asked: object) -> Reply:
        is_second = "pageToken=p2" in str(asked)
        return gemini.models(gemini.model("b")) if is_second else gemini.models(gemini.model("a"), next_page="p2")

    async with scripted(script=page) as server:
        bare_names = [model.name async for model in await sdk(server, bare).models.list()]
        found = await Gemini(Connection(Provider.GEMINI, server.url, "k"), http).models()
    assert bare_names == ["models/a", "models/b"]
    assert [model.id for model in found] == ["a", "b"]


async def test_sdk_reads_embeddings(bare: httpx2.AsyncClient) -> None:
    async with scripted(gemini.embeddings([1.0, 2.0])) as server:
        answer = await sdk(server, bare).models.embed_content(model="gemini-embedding-001", contents="a")
    assert answer.embeddings is not None
    assert answer.embeddings[0].values == [1.0, 2.0]
