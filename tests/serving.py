"""An ASGI application behind a real uvicorn on a free loopback port."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn

from spoonfeeder.core.door.wire import server_options
from tests.waiting import until

NOBODY_URL = "http://127.0.0.1:9"
"""Nothing listens there."""


class Server(uvicorn.Server):
    """Ends when it is told to, without the pauses of 0.1 s that uvicorn makes even where nobody is connected."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        self._ending.set()

    async def main_loop(self) -> None:
        tenths = 0
        while not await self.on_tick(tenths):
            tenths += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self._ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for _ in range(10):
            if not self.server_state.connections and not self.server_state.tasks:
                await self.lifespan.shutdown()
                return
            await asyncio.sleep(0.003)
        await super().shutdown(sockets)


@asynccontextmanager
async def served(app: Any, **options: Any) -> AsyncIterator[str]:
    """The base URL of the running server."""
    # asyncio switches Nagle's delay off only where the protocol is named
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        config = uvicorn.Config(app, **{**server_options(), "timeout_graceful_shutdown": 3, **options})
        server = Server(config)
        task = asyncio.create_task(server._serve([listener]))
        try:
            await until(lambda: server.started or task.done())
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.end()
            await task
