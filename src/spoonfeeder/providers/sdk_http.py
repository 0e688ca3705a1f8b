"""What stands between a vendor's SDK and the network: our client, with limits on what an SDK reads by itself (R28)."""

import json
from contextlib import aclosing
from typing import Any, Final, TypeVar

import httpx2
import msgspec

from spoonfeeder.core.http import MAX_JSON_BYTES, MAX_REPLY_SECONDS, BrokenReply, capped_chunks
from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.streaming import CONNECT_SECONDS

MAX_ERROR_BYTES = 64 * 1024
SENT_WITHIN = httpx2.Timeout(30.0, connect=CONNECT_SECONDS)
SENT_AND_WATCHED = httpx2.Timeout(30.0, connect=CONNECT_SECONDS, read=None)
"""For streams, whose silence `streaming.patient` watches."""
_OF_THE_WIRE: Final = {"content-encoding", "content-length", "transfer-encoding"}
_Decoded = TypeVar("_Decoded")


class SdkClient(httpx2.AsyncClient):
    """Sends by `http` alone, follows no redirect, and leaves `http` open when it is closed.

    A stream that was asked for and granted is passed on unread; anything else is read here, or raises BrokenReply.
    Of an error that is too long the status is left.
    """

    def __init__(self, http: httpx2.AsyncClient) -> None:
        super().__init__(transport=httpx2.AsyncBaseTransport(), timeout=SENT_WITHIN, trust_env=False)
        self._http = http

    async def send(self, request: httpx2.Request, *, stream: bool = False, **_: Any) -> httpx2.Response:
        if stream:
            request.headers["Accept-Encoding"] = "identity"
        response = await self._http.send(request, stream=True, follow_redirects=False)
        if stream and response.status_code == httpx2.codes.OK:
            return await _plain(response)
        async with aclosing(response):
            body = await _whole(response)
        headers = [(name, text) for name, text in response.headers.multi_items() if name not in _OF_THE_WIRE]
        return httpx2.Response(response.status_code, headers=headers, content=body, request=request)


class NoClient(httpx2.Client):
    """For an SDK that wants one for calls without `await` too, which nobody makes: it connects to nothing."""

    def __init__(self) -> None:
        super().__init__(transport=httpx2.BaseTransport(), trust_env=False)


async def _plain(response: httpx2.Response) -> httpx2.Response:
    """A few packed bytes may be many MiB of one event; nobody asked for them."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        await response.aclose()
        raise BrokenReply("The other server packs an answer that was asked for plain.")
    return response


async def _whole(response: httpx2.Response) -> bytes:
    limit = MAX_JSON_BYTES if response.is_success else MAX_ERROR_BYTES
    try:
        chunks = capped_chunks(response, limit, deadline_seconds=MAX_REPLY_SECONDS)
        return b"".join([chunk async for chunk in chunks])
    except (BrokenReply, httpx2.TransportError):
        if response.is_success:
            raise
        return b""


def decoded(body: bytes, kind: type[_Decoded]) -> _Decoded:
    """JSON of the given shape; an escape that is half of a character passes as it is. Raises Broken."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return msgspec.convert(json.loads(body), kind)
    except (ValueError, RecursionError, msgspec.ValidationError):
        raise Broken from None


def require_no_page(response: httpx2.Response) -> None:
    """Raises Broken for the page of a web server, where a stream was asked for."""
    if response.headers.get("content-type", "").startswith("text/html"):
        raise Broken
