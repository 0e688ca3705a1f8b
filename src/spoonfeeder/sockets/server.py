"""python-socketio's server, closed to what this API does not speak."""

import asyncio
import logging
from typing import Any

import socketio
from starlette.requests import HTTPConnection

from spoonfeeder.core.actor import NO_WORKSPACE
from spoonfeeder.core.bucket import Bucket
from spoonfeeder.features.auth.throttle import peer_of
from spoonfeeder.realtime import json
from spoonfeeder.realtime.events import Notification
from spoonfeeder.sockets.engine import Engine
from spoonfeeder.sockets.limits import Limits

TAKEN = {"0", "1", "2"}
"""Connect, disconnect, event; this server asks for no acknowledgements."""

log = logging.getLogger(__name__)
library_log = logging.getLogger(f"{__name__}.library")
library_log.setLevel(logging.WARNING)  # at INFO it writes every packet, content included


class Malformed(ValueError):
    """The client sent something that is no event of this API's shape."""


class Server(socketio.AsyncServer):  # type: ignore[misc]
    """Malformed packets, binary attachments and floods end the connection; the client may come back."""

    def __init__(self, manager: Any, limits: Limits) -> None:
        self._limits = limits
        self._inbound: dict[str, Bucket] = {}
        self._peers: dict[str, str] = {}
        self._drops: set[asyncio.Task[None]] = set()
        super().__init__(
            client_manager=manager,
            json=json,
            logger=library_log,
            engineio_logger=library_log,
            cors_allowed_origins=[],  # the door checks Origin and answers CORS; None would trust X-Forwarded-Host
            ping_interval=20,
            ping_timeout=20,
            limits=limits,
        )

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> str | None:
        peer = peer_of(HTTPConnection(environ["asgi.scope"]))
        if list(self._peers.values()).count(peer) >= self._limits.connections_per_peer:
            return "Too many connections from this address"
        self._peers[eio_sid] = peer
        self._inbound[eio_sid] = Bucket(self._limits.events_per_second, self._limits.event_burst)
        await super()._handle_eio_connect(eio_sid, environ)
        self._expect_join(eio_sid, self._limits.join_seconds)
        return None

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        self._inbound.pop(eio_sid, None)
        self._peers.pop(eio_sid, None)
        self._binary_packet.pop(eio_sid, None)
        await super()._handle_eio_disconnect(eio_sid, reason)

    async def _handle_disconnect(self, eio_sid: str, namespace: str, reason: str | None = None) -> None:
        await super()._handle_disconnect(eio_sid, namespace, reason)
        self._expect_join(eio_sid, self._limits.join_seconds)

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        """Also cleans up when the client has gone while it was looked at, and when it was not let in."""
        await super()._handle_connect(eio_sid, namespace, data)
        if eio_sid not in self.environ:
            await super()._handle_disconnect(eio_sid, namespace or "/")
        elif self.manager.sid_from_eio_sid(eio_sid, "/") is None:
            self._expect_join(eio_sid, self._limits.refused_seconds)

    async def eject(self, sid: str, message: str) -> None:
        """Tells a client why and ends its connection; what it was yet to be told is lost."""
        eio_sid = self.manager.eio_sid_from_sid(sid, "/")
        self.eio.forget_waiting(eio_sid)
        farewell = Notification(workspace_id=NO_WORKSPACE, type="error", message=message)
        await self.emit(farewell.name, farewell.payload(), to=sid, ignore_queue=True)
        await self.disconnect(sid, ignore_queue=True)
        await self.eio.end(eio_sid)

    async def cut(self, sid: str) -> None:
        """Ends a connection as a failing network does, so that the client comes back by itself."""
        await self.eio.drop(self.manager.eio_sid_from_sid(sid, "/"))

    def _expect_join(self, eio_sid: str, within_seconds: float) -> None:
        """A connection without a Socket.IO session is of no use to anybody for long."""
        asyncio.get_running_loop().call_later(within_seconds, self._drop_unless_joined, eio_sid)

    def _drop_unless_joined(self, eio_sid: str) -> None:
        if eio_sid in self.eio.sockets and self.manager.sid_from_eio_sid(eio_sid, "/") is None:
            task = asyncio.create_task(self.eio.drop(eio_sid))
            self._drops.add(task)
            task.add_done_callback(self._drops.discard)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        bucket = self._inbound.get(eio_sid)
        if bucket is None:
            return
        try:
            if not bucket.take():
                raise Malformed("more events than allowed")
            if not isinstance(data, str) or data[:1] not in TAKEN:
                raise Malformed("a packet that only servers send, or binary data")
            await super()._handle_eio_message(eio_sid, data)
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            log.info("socket dropped: %s", error if isinstance(error, Malformed) else type(error).__name__)
            await self.eio.drop(eio_sid)

    async def _handle_event(self, eio_sid: str, namespace: str | None, ack_id: int | None, data: Any) -> None:
        if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] in self.reserved_events:
            raise Malformed("not an event")
        await super()._handle_event(eio_sid, namespace, ack_id, data)
