"""The replies that the adapter is tested with, shown to Anthropic's own SDK: what it does not take proves nothing."""

from collections.abc import AsyncIterator

import anthropic
import httpx2
import pytest

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.claude import Claude
from tests.fixtures import claude_replies as claude
from tests.fixtures.scripted import Reply, Scripted, scripted
from tests.providers import test_claude
from tests.providers.table import text_of


@pytest.fixture
async def bare() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield client


def sdk(server: Scripted, http: httpx2.AsyncClient) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(
        api_key="k", base_url=server.url, http_client=http, max_retries=0, _strict_response_validation=True
    )


async def ask(server: Scripted, http: httpx2.AsyncClient) -> anthropic.types.Message:
    """By the SDK's own collecting of a stream, which checks the order of the events as well."""
    messages: list[anthropic.types.MessageParam] = [{"role": "user", "content": "Hello?"}]
    async with sdk(server, http).messages.stream(model=claude.MODEL, max_tokens=9, messages=messages) as stream:
        return await stream.get_final_message()


WHOLE = ("normal", "stream", "length", "refusal", "empty")


@pytest.mark.parametrize("row", WHOLE)
async def test_sdk_reads_the_same(row: str, bare: httpx2.AsyncClient, http: httpx2.AsyncClient) -> None:
    async with scripted(test_claude.REPLIES[row]()) as server:
        message = await ask(server, bare)
        deltas = await test_claude.said(server.url, http)
    texts = [block.text for block in message.content if block.type == "text"]
    assert "".join(texts) == text_of(deltas)
    assert message.model == claude.MODEL
    assert (message.usage.input_tokens, message.usage.output_tokens) == (12, 7)


async def test_sdk_tells_thoughts_apart(bare: httpx2.AsyncClient) -> None:
    events, *_ = test_claude.OTHER_ANSWERS["thoughts"]
    async with scripted(claude.stream(events)) as server:
        message = await ask(server, bare)
    assert [block.type for block in message.content] == ["thinking", "text"]


ERRORS: dict[str, type[anthropic.APIStatusError]] = {
    "blocked_prompt": anthropic.BadRequestError,
    "bad_request": anthropic.BadRequestError,
    "no_credit": anthropic.BadRequestError,
    "too_long": anthropic.BadRequestError,
    "bad_key": anthropic.AuthenticationError,
    "forbidden": anthropic.PermissionDeniedError,
    "unknown_model": anthropic.NotFoundError,
    "rate_limit_seconds": anthropic.RateLimitError,
    "failed": anthropic.InternalServerError,
    "overloaded_529": anthropic.InternalServerError,
}


@pytest.mark.parametrize("row", ERRORS)
async def test_sdk_knows_the_error(row: str, bare: httpx2.AsyncClient) -> None:
    async with scripted(test_claude.REPLIES[row]()) as server:
        with pytest.raises(ERRORS[row]) as caught:
            await ask(server, bare)
    assert caught.value.type is not None
    assert caught.value.api_message


async def test_sdk_knows_the_error_after_200(bare: httpx2.AsyncClient) -> None:
    async with scripted(test_claude.REPLIES["error_after_200"]()) as server:
        with pytest.raises(anthropic.APIStatusError) as caught:
            await ask(server, bare)
    assert caught.value.type == "overloaded_error"


async def test_sdk_lists_the_models(bare: httpx2.AsyncClient, http: httpx2.AsyncClient) -> None:
    def page(asked: object) -> Reply:
        is_second = "after_id=a" in str(asked)
        return claude.models(claude.model("b")) if is_second else claude.models(claude.model("a"), has_more=True)

    async with scripted(script=page) as server:
        bare_names = [model.id async for model in sdk(server, bare).models.list()]
        found = await Claude(Connection(Provider.CLAUDE, server.url, "k"), http).models()
    assert bare_names == [model.id for model in found] == ["a", "b"]
