"""One request to an Ollama, and what its failures become."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import httpx2
import orjson

from spoonfeeder.core.http import BrokenReply, parse_json, read_json, target_refusal
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.errors import (
    Broken,
    ConnectTimeout,
    ContextWindow,
    FirstByteTimeout,
    ModelMissing,
    NotAllowed,
    NotSupported,
    Overloaded,
    ProviderError,
    Rejected,
    StreamTruncated,
    Timeout,
    Unreachable,
)
from spoonfeeder.providers.failures import Refusal, error_of, noted, require_sendable, retry_after
from spoonfeeder.providers.streaming import CONNECT_SECONDS, lines

OWN_URL = "http://127.0.0.1:11434"
QUICK_SECONDS = 10.0
"""For what needs no model."""

_SEND_SECONDS = 60.0
_MAX_ERROR_BYTES = 64 * 1024
_WRONG_OPTION = re.compile(r'option "(\w{1,50})" must be of ')
_COMMON_NAMES = {"num_predict": "max_tokens"}
_LACKING = re.compile(r"does not support (\w*)")
_NO_PICTURES = "takes no pictures; choose one that does, or leave them out"
_CANNOT = {
    "chat": "does not chat; choose another",
    "vision": _NO_PICTURES,
    "images": _NO_PICTURES,
    "embeddings": "makes no embeddings; choose another",
    "thinking": 'knows no thinking; leave out the option "think"',
}
_FULL = re.compile(r"context (?:length|size|window)|maximum context", re.IGNORECASE)
_NOT_THERE = re.compile(r"try pulling|file does not exist", re.IGNORECASE)
_NO_SPACE = re.compile(r"no space left|disk (is )?full|not enough (free )?(disk )?space", re.IGNORECASE)
_NO_MEMORY = re.compile(r"more system memory|out of memory|cudamalloc failed", re.IGNORECASE)
_BUSY = re.compile(r"server busy|overloaded", re.IGNORECASE)


@asynccontextmanager
async def asking(
    http: httpx2.AsyncClient,
    connection: Connection,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    due: float,
) -> AsyncIterator[httpx2.Response]:
    """The answer, once it has begun with status 200; `due`, by the loop's clock, is when it must.

    Raises ProviderError.
    """
    require_sendable(connection.api_key)
    url = (connection.url or OWN_URL).rstrip("/")
    headers = {"Accept-Encoding": "identity"}
    if connection.api_key:
        headers["Authorization"] = f"Bearer {connection.api_key}"
    content = None
    if body is not None:
        content, headers["Content-Type"] = orjson.dumps(body), "application/json"
    waits = httpx2.Timeout(None, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS, write=_SEND_SECONDS)
    request = http.build_request(method, f"{url}{path}", content=content, headers=headers, timeout=waits)
    response = await _sent(http, request, url, due)
    try:
        async with aclosing(response):
            if response.status_code != httpx2.codes.OK:
                raise await _read_refusal(response, url, connection, str((body or {}).get("model", "")))
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise Broken("Ollama's answer is compressed, which was not asked for.")
            yield response
    except BrokenReply as error:
        raise Broken(error.message) from None
    except httpx2.TransportError:
        raise StreamTruncated from None


async def _sent(http: httpx2.AsyncClient, request: httpx2.Request, url: str, due: float) -> httpx2.Response:
    try:
        async with asyncio.timeout_at(due):
            return await http.send(request, stream=True)
    except TimeoutError:
        raise FirstByteTimeout(f"Ollama at {url} took too long to answer.") from None
    except (httpx2.ConnectTimeout, httpx2.PoolTimeout):
        raise ConnectTimeout(f"Ollama at {url} took too long to answer.") from None
    except httpx2.TimeoutException:
        raise Timeout(f"Ollama at {url} took too long to take the request.") from None
    except httpx2.ConnectError as error:
        if refusal := target_refusal(error):
            raise NotAllowed(refusal.message) from None
        raise Unreachable(f"Ollama does not answer at {url}; is it running?") from None
    except httpx2.TransportError:
        raise Unreachable(f"Ollama at {url} hung up without an answer.", may_have_happened=True) from None


async def _read_refusal(response: httpx2.Response, url: str, connection: Connection, model: str) -> ProviderError:
    status, wait = response.status_code, retry_after(response.headers)
    complaint = None
    if status not in {401, 403}:
        with suppress(BrokenReply, httpx2.HTTPError):
            complaint = _complaint(await read_json(response, _MAX_ERROR_BYTES, deadline_seconds=QUICK_SECONDS))
    if complaint is None and status in {400, 404, 405}:
        told = f"Something answers at {url} with status {status}; it is not Ollama."
        return Broken(told, may_have_happened=False)
    return _refusal(Refusal(status, message=complaint or "", retry_after_seconds=wait), connection, model)


def _refusal(refusal: Refusal, connection: Connection, model: str) -> ProviderError:
    """Judged by Ollama's words where its status says little; they themselves are only logged."""
    told = noted(refusal, connection.api_key)
    complaint = told.message
    if named := _WRONG_OPTION.search(complaint):
        option = _COMMON_NAMES.get(named[1], named[1])
        return Rejected(f'Ollama wants another kind of value for the option "{option}".')
    if _FULL.search(complaint):
        return ContextWindow()
    if told.status == 404 or _NOT_THERE.search(complaint):
        return ModelMissing(f'Ollama has no model "{model[:100]}"; pull it first, or choose another.')
    if lacking := _LACKING.search(complaint):
        return NotSupported(f'The model "{model[:100]}" {_CANNOT.get(lacking[1], "cannot do that")}.')
    if _NO_MEMORY.search(complaint):
        return ProviderError(f'The machine of Ollama has not enough free memory for the model "{model[:100]}".')
    if _NO_SPACE.search(complaint):
        return ProviderError("The disk of Ollama's machine is full; delete models there, then pull again to go on.")
    if _BUSY.search(complaint):
        return Overloaded()
    return error_of(told)


def _complaint(reply: Any) -> str | None:
    """The text of an error as Ollama writes it, and None of anything else."""
    error = reply.get("error") if isinstance(reply, dict) else None
    if isinstance(error, dict):
        error = error.get("message")
    return error if isinstance(error, str) else None


async def objects(chunks: AsyncGenerator[bytes], connection: Connection, model: str) -> AsyncGenerator[dict[str, Any]]:
    """Those of an NDJSON answer; half a line at its end is dropped. Raises ProviderError, also for an error line."""
    is_torn = False
    async with aclosing(lines(chunks)) as found:
        async for line in found:
            if is_torn:
                raise Broken("Ollama's answer holds a line that is not JSON.")
            if not line.strip():
                continue
            try:
                reply = parse_json(line)
            except BrokenReply:
                is_torn = True
                continue
            if (complaint := _complaint(reply)) is not None:
                raise _refusal(Refusal(500, message=complaint), connection, model)
            if isinstance(reply, dict):
                yield reply
