"""One running simulator: sockets, queue, worker thread and HTTP server, started and ended together."""

import asyncio
import shutil
import signal
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from spoonfeeder.simulator.catalogue import Catalogue
from spoonfeeder.simulator.control import ControlRoutes
from spoonfeeder.simulator.door import Door
from spoonfeeder.simulator.faults import Faults
from spoonfeeder.simulator.file_routes import FileRoutes
from spoonfeeder.simulator.files import Folders
from spoonfeeder.simulator.info_routes import InfoRoutes
from spoonfeeder.simulator.jobs import JobRoutes
from spoonfeeder.simulator.node_run import Surroundings
from spoonfeeder.simulator.options import Options
from spoonfeeder.simulator.prompt_routes import PromptRoutes
from spoonfeeder.simulator.queue import PromptQueue
from spoonfeeder.simulator.run_log import Run, RunLog
from spoonfeeder.simulator.sockets import Sockets
from spoonfeeder.simulator.worker import Worker

KEEP_ALIVE_SECONDS = 75
WORKER_END_SECONDS = 2.0
TASKS_END_SECONDS = 0.2
POLL_SECONDS = 0.005
_NO_UPGRADE = 'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".'


@dataclass
class _Life:
    """What a kill takes away."""

    sockets: Sockets
    queue: PromptQueue
    worker: Worker
    sender: "asyncio.Task[None]"
    stopping: threading.Event
    state: ServerState
    listener: asyncio.Server

    def is_busy(self) -> bool:
        return bool(self.queue.remaining()) or not self.worker.idle.is_set()


class Simulator:
    """A ComfyUI on real sockets. In a test: `async with Simulator(Options()) as simulator: simulator.url`.

    `kill()` ends it as SIGKILL would (sockets without a close frame, queue and history lost, files kept), `start()` or
    `restart()` brings it back at the same port. `runs` and `requests` go on counting over restarts.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.faults = Faults()
        self.log = RunLog(self.options.run_log)
        self._own_directory = self.options.data_directory is None
        self.directory = self.options.data_directory or Path(tempfile.mkdtemp(prefix="simulator-"))
        self.died = asyncio.Event()
        self._life: _Life | None = None

    @property
    def url(self) -> str:
        return f"http://{self.options.host}:{self.options.port}"

    @property
    def runs(self) -> list[Run]:
        return self.log.runs

    @property
    def queue(self) -> PromptQueue:
        return self._alive().queue

    @property
    def current_node(self) -> str | None:
        """The node that the running prompt is at, if the prompt has an owner."""
        return self._alive().sockets.last_node_id

    def _alive(self) -> _Life:
        if self._life is None:
            raise RuntimeError("the simulator is not running")
        return self._life

    async def start(self) -> None:
        folders = Folders(self.directory)
        stopping, interrupt = threading.Event(), threading.Event()
        catalogue = Catalogue(self.options, folders)
        around = Surroundings(self.options, folders, catalogue, interrupt, stopping)
        queue = PromptQueue()
        sockets = Sockets(self.options.profile.features, queue.info, self.faults)
        queue.changed = sockets.status
        state = ServerState()
        app = Door(
            self._app(around, queue, sockets), self.faults, self.log.requests, lambda scope: _reset(state, scope)
        )
        listener = await self._listen(app, state)
        sender = asyncio.create_task(sockets.send_all())
        worker = Worker(around, queue, sockets, self.log, self.faults)
        self._life = _Life(sockets, queue, worker, sender, stopping, state, listener)
        sender.add_done_callback(self._end_with_sender)
        worker.start()

    def _app(self, around: Surroundings, queue: PromptQueue, sockets: Sockets) -> ASGIApp:
        version = self.options.profile
        prompts = PromptRoutes(queue, around.catalogue, around.folders, version, self.faults, around.interrupt)
        routes: list[BaseRoute] = [
            WebSocketRoute("/ws", sockets.endpoint),
            Route("/ws", _no_upgrade),
            *prompts.routes(),
            *FileRoutes(around.folders, version).routes(),
            *InfoRoutes(around.catalogue, version, self.options.preview_method).routes(),
        ]
        if self.options.control:
            routes += ControlRoutes(self.faults, self.log, self.freeze_sockets).routes()
        jobs = JobRoutes(queue, around.interrupt).routes() if version.has_jobs else []
        handlers: dict[Any, Any] = {404: _not_found, 405: _not_allowed}
        router = Router([Mount("/api", routes=[*jobs, *routes]), *routes], redirect_slashes=False)
        return ExceptionMiddleware(router, handlers)

    async def _listen(self, app: Door, state: ServerState) -> asyncio.Server:
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="websockets-sansio",
            ws_ping_interval=None,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        config.load()
        listener = await asyncio.get_running_loop().create_server(
            lambda: config.http_protocol_class(config=config, server_state=state, app_state={}),  # type: ignore[call-arg]
            self.options.host,
            self.options.port,
            reuse_address=True,
        )
        port = listener.sockets[0].getsockname()[1]
        self.options = replace(self.options, port=port)
        return listener

    def _end_with_sender(self, sender: "asyncio.Task[None]") -> None:
        if not sender.cancelled() and sender.exception() is not None and self._life is not None:
            _drop(self._life)
            self.died.set()

    async def settled(self) -> None:
        """Returns when nothing waits, runs or is still to be sent; raises RuntimeError if the worker thread is dead."""
        while self._life is not None and self._life.is_busy():
            if not self._life.worker.is_alive():
                raise RuntimeError("the worker thread is dead")
            await asyncio.sleep(POLL_SECONDS)
        if self._life is not None:
            await self._life.sockets.drained()

    def freeze_sockets(self) -> None:
        """Open sockets neither send nor read any more, as if the network had swallowed them; pings go unanswered."""
        self.faults.sockets_silent = True
        for connection in self._alive().state.connections:
            if isinstance(connection, WebSocketsSansIOProtocol):
                connection.transport.pause_reading()

    async def kill(self) -> None:
        life, self._life = self._life, None
        if life is None:
            return
        _drop(life)
        life.sender.cancel()
        if life.state.tasks:
            _, late = await asyncio.wait(life.state.tasks, timeout=TASKS_END_SECONDS)
            for task in late:
                task.cancel()
        await asyncio.gather(life.sender, return_exceptions=True)
        await asyncio.to_thread(life.worker.join, WORKER_END_SECONDS)

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    async def close(self) -> None:
        await self.kill()
        self.log.close()
        if self._own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _drop(life: _Life) -> None:
    """All at once, as a process that dies: no reply, no close frame."""
    life.stopping.set()
    life.queue.wake()
    life.listener.close()
    for connection in list(life.state.connections):
        connection.transport.abort()


def _reset(state: ServerState, scope: Scope) -> None:
    for connection in list(state.connections):
        if connection.client == scope["client"]:  # type: ignore[union-attr]
            connection.transport.abort()


async def _no_upgrade(request: Request) -> Response:
    return PlainTextResponse(_NO_UPGRADE, 400)


async def _not_found(request: Request, _: Exception) -> Response:
    return Response(status_code=404, media_type="application/octet-stream")


async def _not_allowed(request: Request, _: Exception) -> Response:
    return PlainTextResponse("405: Method Not Allowed", 405)


async def serve(options: Options) -> None:
    """Runs until SIGINT or SIGTERM; then sockets end without a close frame, as ComfyUI's do."""
    async with Simulator(options) as simulator:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, simulator.died.set)
        await simulator.died.wait()


def main(
    host: str = "127.0.0.1",
    port: int = 8188,
    data_directory: Path | None = None,
    *,
    version: str = "0.33.0",
    step_seconds: float = 0.15,
    load_seconds: float = 0.4,
    probes: bool = False,
    control: bool = False,
    run_log: Path | None = None,
) -> None:
    """The process behind `spoonfeeder simulator`; the defaults are those of the demo."""
    options = Options(
        version=version,
        host=host,
        port=port,
        data_directory=data_directory,
        step_seconds=step_seconds,
        load_seconds=load_seconds,
        probes=probes,
        control=control,
        run_log=run_log,
    )
    asyncio.run(serve(options))
