"""Text that OpenAI writes on its own time, and keeps until it is asked for.

https://platform.openai.com/docs/guides/background
"""

import asyncio
from collections.abc import Iterator
from typing import Any, ClassVar

import httpx2
import msgspec
import orjson

from spoonfeeder.core.vocabulary import FinishReason
from spoonfeeder.providers import openai_jobs
from spoonfeeder.providers.base import Connection, Picture
from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.media import Craft, InputFile, Look, Made, MediaRequest
from spoonfeeder.providers.openai_jobs import asking_for, handle_of, path_to, verdict
from spoonfeeder.providers.openai_options import taken
from spoonfeeder.providers.openai_sdk import Server
from spoonfeeder.providers.openai_told import tokens_of
from spoonfeeder.providers.pictures import encoded
from spoonfeeder.providers.sdk_http import decoded, require_no_page
from spoonfeeder.providers.streaming import due_in

RESPONSES = "responses"
WORKING = frozenset({"queued", "in_progress"})
_ENDS_EARLY = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.CONTENT_FILTER}


class _Part(msgspec.Struct):
    type: str = ""
    text: str | None = None
    refusal: str | None = None


class _Item(msgspec.Struct):
    type: str = ""
    content: list[_Part] | None = None
    phase: str | None = None


class _Incomplete(msgspec.Struct):
    reason: str | None = None


class _Response(msgspec.Struct):
    status: str = ""
    model: str | None = None
    error: Any = None
    incomplete_details: _Incomplete | None = None
    output: list[_Item] = []
    usage: Any = None


class OpenAIBackground:
    DEFAULT_MODEL: ClassVar[str] = "gpt-5.4-mini"

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None:
        self._server = Server(connection, http)
        self._patience = connection.first_byte_seconds

    async def start(self, request: MediaRequest) -> str:
        asked = _named(taken(Craft.BACKGROUND_TEXT, request.options, self._server.connection.url))
        asked |= {"model": request.model, "background": True, "store": True}
        content = await asyncio.to_thread(_body, asked, request)
        async with self._server.making(Craft.BACKGROUND_TEXT, due_in(self._patience), request.model):
            return handle_of(await self._server.post(f"/{RESPONSES}", content))

    async def look(self, handle: str) -> Look:
        response = await self._response(handle)
        if response.status in WORKING:
            return Look(is_done=False)
        self._require_written(response)
        return Look(is_done=True, progress=100)

    async def collect(self, handle: str, request: MediaRequest) -> Made:
        response = self._require_written(await self._response(handle))
        parts = list(_parts(response))
        return Made(
            model=response.model or request.model,
            text="".join(part.text or part.refusal or "" for part in parts),
            usage=tokens_of(response.usage),
            finish=_finish(response, parts),
        )

    async def cancel(self, handle: str) -> None:
        await openai_jobs.cancel(self._server, RESPONSES, handle)

    async def _response(self, handle: str) -> _Response:
        async with asking_for(self._server):
            response = await self._server.get(path_to(RESPONSES, handle))
            require_no_page(response)
            return decoded(response.content, _Response)

    def _require_written(self, response: _Response) -> _Response:
        if response.status == "failed":
            raise verdict(self._server, response.error, response.model)
        if response.status == "cancelled":
            raise openai_jobs.cancelled()
        if response.status not in {"completed", "incomplete"}:
            raise Broken("The server tells a state of its answer that is not known.")
        return response


def _named(options: dict[str, Any]) -> dict[str, Any]:
    """By the names that this part of the interface has for what chat completions call otherwise."""
    limits = [options.pop(name, None) for name in ("max_output_tokens", "max_completion_tokens", "max_tokens")]
    effort, verbosity = options.pop("reasoning_effort", None), options.pop("verbosity", None)
    told = next((limit for limit in limits if limit is not None), None)
    if told is not None:
        options["max_output_tokens"] = told
    if effort is not None:
        options.setdefault("reasoning", {"effort": effort})
    if verbosity is not None:
        options.setdefault("text", {"verbosity": verbosity})
    return options


def _body(asked: dict[str, Any], request: MediaRequest) -> bytes:
    text = {"type": "input_text", "text": request.prompt}
    content = [text, *(_input_image(each) for each in request.inputs)]
    return orjson.dumps(asked | {"input": [{"role": "user", "content": content}]})


def _input_image(file: InputFile) -> dict[str, str]:
    address = f"data:{file.media_type};base64,{encoded(Picture(file.media_type, file.data))}"
    return {"type": "input_image", "detail": "auto", "image_url": address}


def _parts(response: _Response) -> Iterator[_Part]:
    """What is meant for the reader; models may comment on their work before they answer."""
    for item in response.output:
        if item.type == "message" and item.phase != "commentary":
            yield from item.content or ()


def _finish(response: _Response, parts: list[_Part]) -> FinishReason:
    if response.status == "incomplete":
        reason = response.incomplete_details.reason if response.incomplete_details else None
        return _ENDS_EARLY.get(reason or "", FinishReason.OTHER)
    return FinishReason.REFUSAL if any(part.refusal for part in parts) else FinishReason.STOP
