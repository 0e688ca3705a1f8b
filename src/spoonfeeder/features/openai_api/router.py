"""`/v1`: chat completions, models and embeddings, as OpenAI's clients call them."""

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.late_answers import Later
from spoonfeeder.core.routing import Router
from spoonfeeder.core.server_sent_events import EventStream
from spoonfeeder.core.vocabulary import Purpose
from spoonfeeder.features.auth.depends import ChatWork, ReadWork
from spoonfeeder.features.calls.call import Answering
from spoonfeeder.features.calls.embedding import embed
from spoonfeeder.features.calls.opening import begin
from spoonfeeder.features.calls.sources import Source, find_source, request_to
from spoonfeeder.features.openai_api import catalog
from spoonfeeder.features.openai_api.answers import Telling, last_words
from spoonfeeder.features.openai_api.embeddings import embedding_list
from spoonfeeder.features.openai_api.names import find_profile
from spoonfeeder.features.openai_api.requests import messages_of, options_of
from spoonfeeder.features.openai_api.schemas import (
    Completion,
    CompletionInput,
    EmbeddingList,
    EmbeddingsInput,
    ModelList,
    ModelOut,
)
from spoonfeeder.providers.base import ChatRequest
from spoonfeeder.work import Work

router = Router(prefix="/v1", tags=["openai"], route_class=JsonRoute)


@router.get("/models")
async def list_openai_models(work: ReadWork) -> ModelList:
    return ModelList(data=await catalog.list_models(work))


@router.get("/models/{model:path}")
async def get_openai_model(work: ReadWork, model: str) -> ModelOut:
    return await catalog.get_model(work, model)


@router.post("/chat/completions", response_model=Completion)
async def create_completion(work: ChatWork, data: CompletionInput) -> Response:
    """With `stream: true` Server-Sent Events of chunks, and `[DONE]` at their end."""
    source, model = await _found(work, data.model)
    request = request_to(source, model, await messages_of(data), options_of(data, source.provider))
    call = await begin(work, source, request, Purpose.API)
    telling = Telling(Answering(work.runtime, work.user, call), data.model)
    if data.stream:
        with_usage = bool(data.stream_options and data.stream_options.include_usage)
        return EventStream(telling.chunks(with_usage=with_usage), last_words)

    async def answer() -> Response:
        return _json(await telling.whole())

    return Later(answer)


@router.post("/embeddings", response_model=EmbeddingList)
async def create_embeddings(work: ChatWork, data: EmbeddingsInput) -> Response:
    """One vector for each text, in their order."""
    source, model = await _found(work, data.model)
    request = ChatRequest(model, (), options_of(data, source.provider))
    call = await begin(work, source, request, Purpose.EMBEDDINGS)
    texts = [data.input] if isinstance(data.input, str) else data.input

    async def answer() -> Response:
        found = await embed(work.runtime, work.user, call, texts)
        return _json(embedding_list(found, data.model, as_base64=data.encoding_format == "base64"))

    return Later(answer)


async def _found(work: Work, name: str) -> tuple[Source, str]:
    profile_id, model = await find_profile(work, name)
    source = await find_source(work, profile_id=profile_id, provider=None)
    await work.runtime.adapters.load(source.provider)
    return source, model


def _json(value: BaseModel) -> Response:
    return Response(orjson.dumps(value.model_dump()), media_type="application/json")
