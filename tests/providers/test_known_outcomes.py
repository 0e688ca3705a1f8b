"""What nobody may ask for twice unseen: whether a question that failed may have been answered, and paid for (R9)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from spoonfeeder.core.vocabulary import MessageRole, Provider
from spoonfeeder.providers import errors
from spoonfeeder.providers.base import Adapter, ChatMessage, ChatRequest, Connection
from spoonfeeder.providers.claude import Claude
from spoonfeeder.providers.gemini import Gemini
from spoonfeeder.providers.ollama import Ollama
from spoonfeeder.providers.openai import OpenAI
from tests.fixtures.scripted import Reply, scripted
from tests.serving import NOBODY_URL

ADAPTERS: dict[Provider, Callable[[Connection, Any], Adapter]] = {
    Provider.CLAUDE: Claude,
    Provider.GEMINI: Gemini,
    Provider.OLLAMA: Ollama,
    Provider.OPENAI: OpenAI,
}
PAGE = b"<html>Bad gateway</html>"


@dataclass(frozen=True)
class Case:
    reply: Reply
    kind: type[errors.ProviderError]
    may_have_happened: bool


ANSWERED = {
    "rate limit": Case(Reply.json({"error": {"message": "Slow down"}}, 429), errors.RateLimited, False),
    "failed": Case(Reply.json({"error": {"message": "Oh"}}, 500), errors.Failed, False),
    "unavailable": Case(Reply.json({"error": {"message": "Later"}}, 503), errors.Overloaded, False),
    "bad key": Case(Reply.json({"error": {"message": "No"}}, 401), errors.Unauthorized, False),
    "gateway lost the server": Case(Reply(502, [PAGE], "text/html"), errors.Failed, True),
    "gateway waits no longer": Case(Reply(504, [PAGE], "text/html"), errors.Timeout, True),
    "cut before a word": Case(Reply(200, [], "text/event-stream", is_whole=False), errors.StreamTruncated, True),
    "nothing": Case(Reply(200, [], "text/event-stream"), errors.StreamTruncated, True),
}


async def failure(provider: Provider, url: str, http: Any, first_byte: float = 20.0) -> errors.ProviderError:
    adapter = ADAPTERS[provider](Connection(provider, url, "k", first_byte), http)
    request = ChatRequest("m", (ChatMessage(MessageRole.USER, ("Hello?",)),))
    with pytest.raises(errors.ProviderError) as caught:
        async for _ in adapter.chat(request):
            pass
    return caught.value


@pytest.mark.parametrize("provider", ADAPTERS)
async def test_answers(provider: Provider, http: Any) -> None:
    for row, case in ANSWERED.items():
        async with scripted(case.reply) as server:
            error = await failure(provider, server.url, http)
        assert (row, type(error), error.may_have_happened) == (row, case.kind, case.may_have_happened)


@asynccontextmanager
async def silent(*, hangs_up: bool) -> AsyncIterator[str]:
    """A server that takes the question, and then says nothing or hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not hangs_up:
            await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("provider", ADAPTERS)
async def test_questions_without_an_answer(provider: Provider, http: Any) -> None:
    async with silent(hangs_up=True) as url:
        hung_up = await failure(provider, url, http)
    nobody_there = await failure(provider, NOBODY_URL, http)
    async with silent(hangs_up=False) as url:
        too_late = await failure(provider, url, http, first_byte=0.05)
    told = [(type(error), error.may_have_happened) for error in (hung_up, nobody_there, too_late)]
    assert told == [(errors.Unreachable, True), (errors.Unreachable, False), (errors.FirstByteTimeout, True)]
