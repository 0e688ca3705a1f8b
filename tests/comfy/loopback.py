"""A scripted ComfyUI on a loopback port: its routes with the least behind them, and hooks for what a test is about."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fixtures.ports import kept_port

Answer = Callable[[Request], Awaitable[Response]]
TROUBLE = "500 Internal Server Error\n\nServer got itself in trouble"


def success(prompt_id: str, outputs: dict[str, Any] | None = None) -> dict[str, Any]:
    messages = [[kind, {"prompt_id": prompt_id}] for kind in ("execution_start", "execution_success")]
    status = {"status_str": "success", "completed": True, "messages": messages}
    return {"outputs": outputs or {}, "status": status}


def interruption(prompt_id: str) -> dict[str, Any]:
    messages = [["execution_interrupted", {"prompt_id": prompt_id, "node_id": "3", "node_type": "KSampler"}]]
    return {"outputs": {}, "status": {"status_str": "error", "completed": False, "messages": messages}}


class Loopback:
    """`running`, `pending`, `history`: what the server shows; `asked`: every request; `answers` replaces routes."""

    def __init__(self, version: str = "0.33.0", *, has_jobs: bool = True) -> None:
        self.version, self.has_jobs = version, has_jobs
        self.running: list[str] = []
        self.pending: list[str] = []
        self.history: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self.submitted: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.answers: dict[str, Answer] = {}
        self.sockets: dict[str, WebSocket] = {}
        self.first_messages: list[str] = []
        self.handshakes: list[dict[str, str]] = []
        self.on_interrupt: Callable[[str], None] = self.end_interrupted
        self.port = 0
        self._server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count(self, route: str) -> int:
        return sum(asked == route or asked.startswith(route + "/") for asked in self.asked)

    async def start(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # else asyncio leaves Nagle on
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(self._app(), log_level="critical", ws="websockets-sansio", lifespan="off")
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup([listener])

    async def stop(self) -> None:
        """As a kill: connections end without a close frame. Without uvicorn's own pauses of 0.1 s."""
        if self._server is None:
            return
        for listening in self._server.servers:
            listening.close()
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
        tasks = list(self._server.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._server = None
        self.sockets.clear()

    async def send(self, client_id: str, message: dict[str, Any] | bytes) -> None:
        """To the socket registered under this id, dropped if there is none: as ComfyUI does."""
        found = self.sockets.get(client_id)
        if found is None:
            return
        await (found.send_bytes(message) if isinstance(message, bytes) else found.send_text(json.dumps(message)))

    async def tell_status(self) -> None:
        remaining = len(self.running) + len(self.pending)
        for client_id in list(self.sockets):
            await self.send(client_id, _status(remaining))

    def end_interrupted(self, prompt_id: str) -> None:
        if prompt_id in self.running:
            self.running.remove(prompt_id)
            self.history[prompt_id] = interruption(prompt_id)

    def _app(self) -> Starlette:
        routes = {
            "GET /system_stats": self._stats,
            "GET /features": self._features,
            "GET /api/jobs": self._jobs,
            "POST /api/jobs/{id}/cancel": self._cancel_job,
            "GET /prompt": self._remaining,
            "POST /prompt": self._submit,
            "GET /queue": self._queue,
            "POST /queue": self._delete,
            "GET /history/{id}": self._history,
            "POST /interrupt": self._interrupt,
            "GET /view": self._view,
            "POST /upload/image": self._upload,
        }
        made = [Route(key.split()[1], self._asked(key, to), methods=[key.split()[0]]) for key, to in routes.items()]
        return Starlette(routes=[*made, WebSocketRoute("/ws", self._socket)])

    def _asked(self, key: str, answer: Answer) -> Answer:
        async def endpoint(request: Request) -> Response:
            self.asked.append(f"{request.method} {request.url.path}")
            return await self.answers.get(key, answer)(request)

        return endpoint

    async def _socket(self, opened: WebSocket) -> None:
        client_id = opened.query_params["clientId"]
        self.handshakes.append(dict(opened.headers))
        await opened.accept()
        self.sockets[client_id] = opened
        try:
            await opened.send_text(json.dumps(_status(len(self.running) + len(self.pending))))
            self.first_messages.append(await opened.receive_text())
            while True:
                await opened.receive_text()
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self.sockets.pop(client_id, None)

    async def _stats(self, request: Request) -> Response:
        return JSONResponse({"system": {"comfyui_version": self.version}, "devices": []})

    async def _features(self, request: Request) -> Response:
        return JSONResponse({"supports_preview_metadata": True})

    async def _jobs(self, request: Request) -> Response:
        return JSONResponse({"jobs": []}) if self.has_jobs else Response(status_code=404)

    async def _cancel_job(self, request: Request) -> Response:
        if not self.has_jobs:
            return Response(status_code=404)
        self.on_interrupt(request.path_params["id"])
        return JSONResponse({"cancelled": True})

    async def _remaining(self, request: Request) -> Response:
        return JSONResponse({"exec_info": {"queue_remaining": len(self.running) + len(self.pending)}})

    async def _submit(self, request: Request) -> Response:
        body = await request.json()
        self.submitted.append(body)
        self.pending.append(body["prompt_id"])
        return JSONResponse({"prompt_id": body["prompt_id"], "number": len(self.submitted), "node_errors": {}})

    async def _queue(self, request: Request) -> Response:
        running = [[0, prompt, {}, {}, []] for prompt in self.running]
        pending = [[number, prompt, {}, {}, []] for number, prompt in enumerate(self.pending, 1)]
        return JSONResponse({"queue_running": running, "queue_pending": pending[::-1]})

    async def _delete(self, request: Request) -> Response:
        deleted = (await request.json())["delete"]
        self.pending = [prompt for prompt in self.pending if prompt not in deleted]
        return Response()

    async def _history(self, request: Request) -> Response:
        prompt = request.path_params["id"]
        found = {prompt: self.history[prompt]} if prompt in self.history else {}
        return Response(json.dumps(found), media_type="application/json")

    async def _interrupt(self, request: Request) -> Response:
        self.on_interrupt((await request.json())["prompt_id"])
        return Response()

    async def _view(self, request: Request) -> Response:
        name = "/".join([request.query_params.get("subfolder", ""), request.query_params["filename"]])
        return Response(self.files[name]) if name in self.files else Response(status_code=404)

    async def _upload(self, request: Request) -> Response:
        async with request.form() as form:
            file = form["image"]
            assert not isinstance(file, str)
            self.files[f"/{file.filename}"] = await file.read()
        return JSONResponse({"name": file.filename, "subfolder": "", "type": "input"})


def _status(remaining: int) -> dict[str, Any]:
    return {"type": "status", "data": {"status": {"exec_info": {"queue_remaining": remaining}}}}


def answer_with(status: int, body: Any = None, *, text: str | None = None) -> Answer:
    """A route that always answers this."""

    async def answer(request: Request) -> Response:
        return Response(text, status, media_type="text/plain") if text is not None else JSONResponse(body, status)

    return answer


@asynccontextmanager
async def loopback(version: str = "0.33.0", *, has_jobs: bool = True) -> AsyncIterator[Loopback]:
    server = Loopback(version, has_jobs=has_jobs)
    with kept_port() as server.port:
        await server.start()
        try:
            yield server
        finally:
            await server.stop()
