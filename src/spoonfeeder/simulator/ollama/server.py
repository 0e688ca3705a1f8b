"""One running simulated Ollama."""

import asyncio
import signal
from collections import Counter
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import uvicorn
import uvloop
from starlette.responses import PlainTextResponse
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from spoonfeeder.simulator.ollama.faults import Fault, Faults, Kind
from spoonfeeder.simulator.ollama.library import Library
from spoonfeeder.simulator.ollama.options import Options
from spoonfeeder.simulator.ollama.replies import Hang
from spoonfeeder.simulator.ollama.routes import Routes

END_SECONDS = 0.2
KEEP_ALIVE_SECONDS = 75


class SimulatedOllama:
    """In a test: `async with SimulatedOllama(Options()) as ollama: ollama.url`. Models stay over `stop` and `start`."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.library = Library()
        self.faults = Faults()
        self._routes = Routes(self.options, self.library, self.faults)
        self._state: ServerState | None = None
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://{self.options.host}:{self.options.port}"

    @property
    def requests(self) -> Counter[str]:
        return self._routes.requests

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return self._routes.bodies

    @property
    def left(self) -> list[str]:
        """The models of streams that their readers left before the end."""
        return self._routes.left

    def fail(self, path: str, kind: Kind, **more: Any) -> None:
        self.faults.waiting.append(Fault(path, kind, **more))

    async def start(self) -> None:
        state = ServerState()
        config = uvicorn.Config(
            _Breaking(Router(self._routes.routes(), redirect_slashes=False, default=_not_found), state),
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        config.load()
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: config.http_protocol_class(config=config, server_state=state, app_state={}),  # type: ignore[call-arg]
            self.options.host,
            self.options.port,
            backlog=512,
            reuse_address=True,
        )
        self._state = state
        self.options = replace(self.options, port=self._listener.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """All at once, as a process that dies."""
        state, listener = self._state, self._listener
        self._state = self._listener = None
        if state is None or listener is None:
            return
        listener.close()
        for connection in list(state.connections):
            connection.transport.abort()
        if state.tasks:
            _, late = await asyncio.wait(state.tasks, timeout=END_SECONDS)
            for task in late:
                task.cancel()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


class _Breaking:
    """Resets the connection of whoever raises Hang."""

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Hang:
            for connection in list(self._state.connections):
                if connection.client == scope["client"]:  # type: ignore[union-attr]
                    connection.transport.close()
            while (await receive())["type"] != "http.disconnect":
                pass


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("404 page not found", 404)(scope, receive, send)


async def serve(options: Options) -> None:
    """Runs until SIGINT or SIGTERM."""
    ended = asyncio.Event()
    async with SimulatedOllama(options):
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await ended.wait()


def main(host: str = "127.0.0.1", port: int = 11434, *, chunks: int = 120, chunks_per_second: float = 20.0) -> None:
    """The process behind `spoonfeeder simulator-ollama`."""
    uvloop.run(serve(Options(host=host, port=port, chunks=chunks, chunks_per_second=chunks_per_second)))
