"""The one factory of outbound HTTP clients, and the reading of answers that may be hostile (R28, R37, A23)."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Iterable
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore2
import httpx2
import orjson

from spoonfeeder.core.errors import AppError
from spoonfeeder.core.network import NOT_THERE, Network
from spoonfeeder.core.targets import Target, TargetNotAllowed, TargetPolicy, TargetUnknown

__all__ = [
    "BrokenReply",
    "Target",
    "TargetNotAllowed",
    "TargetPolicy",
    "TargetUnknown",
    "capped_chunks",
    "open_client",
    "parse_json",
    "read_json",
    "target_refusal",
]

MAX_JSON_BYTES = 32 * 1024 * 1024
MAX_REPLY_SECONDS = 60.0


class BrokenReply(AppError):
    """The other server's answer could not be used."""

    status = 502
    code = "BROKEN_REPLY"


class _Refused(httpcore2.ConnectError):
    def __init__(self, refusal: TargetNotAllowed) -> None:
        super().__init__(NOT_THERE)
        self.refusal = refusal


class _CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves and checks the host at each new connection and connects to the checked IP.

    Host header and TLS server name come from the URL, so they keep the name. A blocked address answers as one
    that refuses connections does; only `target_refusal` tells them apart.
    """

    def __init__(self, policy: TargetPolicy) -> None:
        self._policy = policy
        self._network = Network(_trusted)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            addresses = await self._policy.addresses(host, port)
        except TargetUnknown:
            raise httpcore2.ConnectError(NOT_THERE) from None
        except TargetNotAllowed as error:
            raise _Refused(error) from None
        share = timeout / len(addresses) if timeout else None
        for address in addresses[:-1]:
            with contextlib.suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
        return await self._network.connect_tcp(addresses[-1], port, share, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that the machine trusts, the same for every client; reading them takes 25 ms and 1 MB."""
    context = httpx2.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context


class _CheckedTransport(httpx2.AsyncHTTPTransport):
    def __init__(self, policy: TargetPolicy, *, max_connections: int) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # trusts nobody: the network brings its own
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=30.0,
            network_backend=_CheckedBackend(policy),
        )


def open_client(
    policy: TargetPolicy,
    *,
    timeout_seconds: float = 30.0,
    connect_timeout_seconds: float = 5.0,
    max_connections: int = 100,
) -> httpx2.AsyncClient:
    """A client that reaches only what `policy` allows, follows no redirect and ignores the environment's proxies.

    It keeps no cookies: what one user's request is given, another user's must not bring along.
    `timeout_seconds` is the longest silence while reading or writing; a blocked address is an `httpx2.ConnectError`.
    """
    return httpx2.AsyncClient(
        transport=_CheckedTransport(policy, max_connections=max_connections),
        timeout=httpx2.Timeout(timeout_seconds, connect=connect_timeout_seconds),
        trust_env=False,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


def target_refusal(error: httpx2.TransportError) -> TargetNotAllowed | None:
    """Why the policy let nobody connect; None where it did not refuse the address."""
    cause = error.__cause__
    return cause.refusal if isinstance(cause, _Refused) else None


async def capped_chunks(
    response: httpx2.Response, limit_bytes: int, *, deadline_seconds: float | None = None
) -> AsyncIterator[bytes]:
    """The body of a streamed or read response, decompressed; raises BrokenReply past the limit or the deadline."""
    received = 0
    ends_at = None if deadline_seconds is None else asyncio.get_running_loop().time() + deadline_seconds
    async with contextlib.aclosing(response.aiter_bytes()) as chunks:
        while chunk := await _next_chunk(chunks, ends_at):
            received += len(chunk)
            if received > limit_bytes:
                raise BrokenReply(f"The other server's answer is larger than {limit_bytes // 1024} KiB.")
            yield chunk


async def _next_chunk(chunks: AsyncIterator[bytes], ends_at: float | None) -> bytes:
    try:
        async with asyncio.timeout_at(ends_at):
            chunk = b""
            while not chunk:
                chunk = await anext(chunks)
            return chunk
    except StopAsyncIteration:
        return b""
    except TimeoutError:
        raise BrokenReply("The other server's answer took too long.") from None
    except httpx2.DecodingError:
        raise BrokenReply("The other server's answer could not be decompressed.") from None


async def read_json(
    response: httpx2.Response, limit_bytes: int = MAX_JSON_BYTES, *, deadline_seconds: float = MAX_REPLY_SECONDS
) -> Any:
    """The JSON of a response; bare NaN and Infinity, which ComfyUI writes, become null, and U+0000 is dropped.

    Raises BrokenReply for what is too large, too slow or not JSON.
    """
    parts = [part async for part in capped_chunks(response, limit_bytes, deadline_seconds=deadline_seconds)]
    return parse_json(b"".join(parts))


def parse_json(body: bytes) -> Any:
    """JSON as `read_json` takes it, for bodies that came another way (a socket); raises BrokenReply."""
    try:
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            return _storable(_lenient(body))
        return _storable(value) if b"\\u0000" in body else value
    except (ValueError, RecursionError):
        raise BrokenReply("The other server's answer is not JSON.") from None


def _lenient(body: bytes) -> Any:
    return json.loads(body.decode("utf-8", "replace"), parse_constant=lambda _: None)


def _storable(value: Any) -> Any:
    """A copy whose strings PostgreSQL can hold: no U+0000, no lone surrogate."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value
