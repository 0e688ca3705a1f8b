"""The sockets of all clients, known by their clientId, and the one task that sends to them."""

import asyncio
import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from spoonfeeder.simulator.faults import Faults

Message = str | bytes


class Sockets:
    """`client_id` owns the running prompt and `last_node_id` is the node it is at; both are set by the worker thread.

    As with ComfyUI there is a single sender, so a client that stops reading stops everybody's events, and the end of an
    older socket drops its clientId even if a newer socket is registered under it.
    """

    def __init__(self, features: dict[str, Any], queue_info: Callable[[], dict[str, Any]], faults: Faults) -> None:
        self.client_id: str | None = None
        self.last_node_id: str | None = None
        self._features = features
        self._queue_info = queue_info
        self._faults = faults
        self._sockets: dict[str, WebSocket] = {}
        self._client_features: dict[str, dict[str, Any]] = {}
        self._outbox: asyncio.Queue[tuple[Message, str | None]] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def send(self, event: str, data: dict[str, Any], client_id: str | None = None) -> None:
        """To that client, or to all; from any thread."""
        self.send_message(json.dumps({"type": event, "data": data}), client_id)

    def send_message(self, message: Message, client_id: str | None) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._outbox.put_nowait, (message, client_id))

    def status(self) -> None:
        self.send("status", {"status": self._queue_info()})

    def takes_metadata(self) -> bool:
        """Whether the owner of the running prompt announced that it reads previews with metadata."""
        return bool(self._client_features.get(self.client_id or "", {}).get("supports_preview_metadata"))

    async def send_all(self) -> None:
        """The sender task. Like ComfyUI's it fails when a clientId is no text, and the server ends with it."""
        while True:
            message, client_id = await self._outbox.get()
            if client_id is None:
                targets = list(self._sockets.values())
            else:
                targets = [self._sockets[client_id]] if client_id in self._sockets else []
            for socket in targets:
                await self._deliver(socket, message)
            self._outbox.task_done()

    async def drained(self) -> None:
        """Returns when everything has been sent."""
        await asyncio.sleep(0)
        await self._outbox.join()

    async def _deliver(self, socket: WebSocket, message: Message) -> None:
        if self._faults.sockets_silent:
            return
        with suppress(RuntimeError, WebSocketDisconnect, OSError):
            if isinstance(message, str):
                await socket.send_text(message)
            else:
                await socket.send_bytes(message)

    async def endpoint(self, socket: WebSocket) -> None:
        await socket.accept()
        client_id = socket.query_params.get("clientId") or uuid.uuid4().hex
        self._sockets[client_id] = socket
        self._client_features[client_id] = {}
        try:
            await self._greet(socket, client_id)
            await self._listen(socket, client_id)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._sockets.pop(client_id, None)
            self._client_features.pop(client_id, None)

    async def _greet(self, socket: WebSocket, client_id: str) -> None:
        if self._faults.sockets_silent:
            return
        await socket.send_json({"type": "status", "data": {"status": self._queue_info(), "sid": client_id}})
        if self.client_id == client_id and self.last_node_id is not None:
            await socket.send_json({"type": "executing", "data": {"node": self.last_node_id}})

    async def _listen(self, socket: WebSocket, client_id: str) -> None:
        first = True
        while True:
            received = await socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            if first and (flags := _feature_flags(received.get("text"))) is not None:
                self._client_features[client_id] = flags
                self.send("feature_flags", self._features, client_id)
            first = False


def _feature_flags(text: str | None) -> dict[str, Any] | None:
    try:
        message = json.loads(text or "")
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("type") != "feature_flags":
        return None
    data = message.get("data", {})
    return data if isinstance(data, dict) else {}
