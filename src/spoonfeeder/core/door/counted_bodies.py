"""A body that the route reads itself, as uploads are, counted on its way."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spoonfeeder.core.door.body_reading import drain, next_message, refuse
from spoonfeeder.core.door.refusals import BodyTooLarge
from spoonfeeder.core.errors import AppError


class CountedBody:
    """Past the limit or the deadline the route's read fails, and the answer is the refusal, whatever the route says."""

    def __init__(self, limit_bytes: int, deadline: float, scope: Scope, receive: Receive, send: Send) -> None:
        self._limit_bytes, self._deadline = limit_bytes, deadline
        self._scope, self._receive, self._send = scope, receive, send
        self._size = 0
        self._complete = False
        self._started = False
        self._refusal: AppError | None = None

    async def run(self, app: ASGIApp) -> None:
        try:
            await app(self._scope, self.receive, self.send)
        except AppError:
            if self._refusal is None:
                raise
        if self._refusal and not self._started:
            await refuse(self._scope, self._receive, self._send, self._refusal)

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        try:
            message = await next_message(self._receive, self._deadline)
            self._size += len(message.get("body", b""))
            if self._size > self._limit_bytes:
                raise BodyTooLarge(self._limit_bytes)
        except AppError as refusal:
            self._refusal = refusal
            raise
        self._complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if self._refusal and not self._started:
            return
        self._started = True
        is_end = message["type"] == "http.response.body" and not message.get("more_body", False)
        if is_end and not self._complete:
            await self._send({**message, "more_body": True})
            await drain(self._receive)
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)
