"""Connections for httpcore2 straight on asyncio, whose transports cost less for each piece of a stream than AnyIO."""

import asyncio
import select
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2

NOT_THERE = "All connection attempts failed"
MOST_WAITING_BYTES = 64 * 1024
_EXTRA = {"client_addr": "sockname", "server_addr": "peername", "socket": "socket", "ssl_object": "ssl_object"}


class _Wire(asyncio.Protocol):
    """What has come and was not read yet; one may read and one may write at a time."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.waiting = bytearray()
        self.has_ended = False
        self.error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._is_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        if len(self.waiting) >= MOST_WAITING_BYTES and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> None:
        self.has_ended = True
        _wake(self._reader)

    def connection_lost(self, error: Exception | None) -> None:
        self.has_ended, self.error = True, error
        _wake(self._reader)
        self.resume_writing()

    def pause_writing(self) -> None:
        self._writer = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        _wake(self._writer)
        self._writer = None

    async def until_something(self) -> None:
        while not self.waiting and not self.has_ended:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader

    async def until_written(self) -> None:
        if self._writer is not None:
            await self._writer

    def take(self, most_bytes: int) -> bytes:
        taken = bytes(self.waiting[:most_bytes])
        del self.waiting[:most_bytes]
        if self._is_paused and not self.waiting:
            self._is_paused = False
            if not self.transport.is_closing():
                self.transport.resume_reading()
        return taken


def _wake(future: "asyncio.Future[None] | None") -> None:
    if future is not None and not future.done():
        future.set_result(None)


def _is_readable(transport: asyncio.Transport) -> bool:
    """Also what the loop has not come to yet."""
    socket = transport.get_extra_info("socket")
    if socket is None or socket.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(socket.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class _Stream(httpcore2.AsyncNetworkStream):
    def __init__(self, wire: _Wire, trusted: Callable[[], ssl.SSLContext]) -> None:
        self._wire = wire
        self._trusted = trusted

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        wire = self._wire
        if not wire.waiting:
            with _meaning(httpcore2.ReadTimeout, httpcore2.ReadError):
                if timeout is None:
                    await wire.until_something()
                else:
                    async with asyncio.timeout(timeout):
                        await wire.until_something()
        if wire.error is not None and not wire.waiting:
            raise httpcore2.ReadError(str(wire.error)) from wire.error
        return wire.take(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        if self._wire.transport.is_closing():
            raise httpcore2.WriteError("The connection was closed.")
        with _meaning(httpcore2.WriteTimeout, httpcore2.WriteError):
            self._wire.transport.write(buffer)
            async with asyncio.timeout(timeout):
                await self._wire.until_written()

    async def aclose(self) -> None:
        self._wire.transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """By what the network trusts, which need not be read before somebody asks for TLS; not by `ssl_context`."""
        wire, loop = self._wire, asyncio.get_running_loop()
        try:
            with _meaning(httpcore2.ConnectTimeout, httpcore2.ConnectError):
                async with asyncio.timeout(timeout):
                    trusted = await asyncio.to_thread(self._trusted)
                    wire.transport = await loop.start_tls(
                        wire.transport, wire, trusted, server_hostname=server_hostname
                    )
        except BaseException:
            wire.transport.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """`is_readable` of an idle connection says that the other side has closed it, or sent what nobody asked for."""
        if info == "is_readable":
            wire = self._wire
            return bool(wire.waiting) or wire.has_ended or wire.transport.is_closing() or _is_readable(wire.transport)
        return self._wire.transport.get_extra_info(_EXTRA[info]) if info in _EXTRA else None


class Network(httpcore2.AsyncNetworkBackend):
    """Plain TCP, to which TLS may be added; no Unix sockets. `trusted` is asked in a thread, when TLS begins."""

    def __init__(self, trusted: Callable[[], ssl.SSLContext]) -> None:
        self._trusted = trusted

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """`socket_options` are none that anybody sets here."""
        with _meaning(httpcore2.ConnectTimeout, httpcore2.ConnectError, NOT_THERE):
            async with asyncio.timeout(timeout):
                local = (local_address, 0) if local_address else None
                loop = asyncio.get_running_loop()
                _, wire = await loop.create_connection(_Wire, host, port, local_addr=local)
        return _Stream(wire, self._trusted)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@contextmanager
def _meaning(late: type[Exception], broken: type[Exception], words: str = "") -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except (OSError, RuntimeError) as error:
        raise broken(words or str(error)) from error
