"""Ollama, whose answers are lines of JSON; it knows no keys itself, a proxy in front of it may."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar

import httpx2

from spoonfeeder.core.http import read_json
from spoonfeeder.providers.base import (
    Answered,
    Capability,
    ChatRequest,
    Connection,
    Delta,
    Embeddings,
    Finish,
    ModelInfo,
    TextDelta,
    Usage,
)
from spoonfeeder.providers.errors import Broken, StreamTruncated
from spoonfeeder.providers.ollama_http import OWN_URL, QUICK_SECONDS, asking, objects
from spoonfeeder.providers.ollama_library import Library, LocalModel
from spoonfeeder.providers.ollama_wire import (
    chat_body,
    count_of,
    embed_body,
    finish_reason,
    input_modalities,
    output_modalities,
    text_of,
    usage_of,
    vectors_of,
)
from spoonfeeder.providers.pictures import made_beside
from spoonfeeder.providers.streaming import body, drained

_MAX_VERSION_BYTES = 64 * 1024


class Ollama:
    """Raises what `providers.base.Adapter` says."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.TEXT, Capability.VISION, Capability.EMBEDDINGS, Capability.MODEL_MANAGEMENT}
    )

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._connection = connection
        self._http = http
        self.library = Library(connection, http)

    async def test(self) -> Answered:
        due = asyncio.get_running_loop().time() + QUICK_SECONDS
        async with asking(self._http, self._connection, "GET", "/api/version", due=due) as response:
            reply = await read_json(response, _MAX_VERSION_BYTES, deadline_seconds=QUICK_SECONDS)
        version = reply.get("version") if isinstance(reply, dict) else None
        if not isinstance(version, str):
            raise Broken(f"Something answers at {self._connection.url or OWN_URL}, but it is not Ollama.")
        return Answered(message=f"Ollama {version[:50]} answers.", version=version[:50])

    async def models(self) -> list[ModelInfo]:
        return [_model(model) for model in await self.library.models()]

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        due = self._due()
        asked = await made_beside(request.messages, lambda: chat_body(request))
        async with (
            asking(self._http, self._connection, "POST", "/api/chat", asked, due=due) as response,
            aclosing(body(response, due)) as chunks,
            aclosing(objects(chunks, self._connection, request.model)) as replies,
        ):
            async for reply in replies:
                if text := text_of(reply):
                    yield TextDelta(text)
                if reply.get("done") is True:
                    yield usage_of(reply)
                    yield Finish(finish_reason(reply), _name(reply, request.model))
                    await drained(replies)
                    return
        raise StreamTruncated

    async def embed(self, model: str, texts: Sequence[str], options: Mapping[str, Any]) -> Embeddings:
        asked, due = embed_body(model, texts, options), self._due()
        async with asking(self._http, self._connection, "POST", "/api/embed", asked, due=due) as response:
            reply = await read_json(response)
        vectors = vectors_of(reply, len(texts))
        read = count_of(reply.get("prompt_eval_count"))
        return Embeddings(vectors, _name(reply, model), Usage(input_tokens=read, total_tokens=read))

    def _due(self) -> float:
        return asyncio.get_running_loop().time() + self._connection.first_byte_seconds


def _name(reply: Mapping[str, Any], asked: str) -> str:
    answered = reply.get("model")
    return answered if isinstance(answered, str) and answered else asked


def _model(model: LocalModel) -> ModelInfo:
    details = {
        "size_bytes": model.size_bytes,
        "family": model.family,
        "parameter_size": model.parameter_size,
        "quantization": model.quantization,
        "capabilities": list(model.capabilities),
    }
    return ModelInfo(
        id=model.name,
        input_modalities=input_modalities(model.capabilities, model.families),
        output_modalities=output_modalities(model.capabilities),
        details=details,
    )
