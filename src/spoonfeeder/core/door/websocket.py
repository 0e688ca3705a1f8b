"""uvicorn's WebSocket with a way to give up on a peer."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ABORT = "spoonfeeder.abort"


class AbortableWebSocket(WebSocketsSansIOProtocol):
    """`scope["extensions"][ABORT]()` ends the connection at once, unsent data included.

    ASGI can only close, and a close waits for a peer that may never read again.
    """

    async def run_asgi(self) -> None:
        extensions = self.scope.get("extensions") or {}
        self.scope["extensions"] = {**extensions, ABORT: self.transport.abort}  # type: ignore[dict-item]
        await super().run_asgi()
