"""A transport that answers from memory: a thousand cuts of a stream take a second."""

from collections.abc import AsyncIterator, Sequence

import httpx2


class Chunks(httpx2.AsyncByteStream):
    def __init__(self, chunks: Sequence[bytes], breaks: bool) -> None:
        self._chunks = chunks
        self._breaks = breaks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
        if self._breaks:
            raise httpx2.ReadError("connection reset")


class InMemory(httpx2.AsyncBaseTransport):
    """Answers every request with the chunks that are set; a thousand cuts need no thousand sockets."""

    chunks: Sequence[bytes] = ()
    breaks = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, stream=Chunks(self.chunks, self.breaks))
