"""uvicorn, told at the signal what would not end by itself (R12)."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import uvicorn


class Server(uvicorn.Server):
    """Takes no more connections, awaits all of `end_streams`, and only then waits for the requests still open."""

    def __init__(self, config: uvicorn.Config, *end_streams: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await asyncio.gather(*(end() for end in self._end_streams))
        await super().shutdown(sockets)
