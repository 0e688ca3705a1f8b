"""Reading a body from the ASGI server: counted, in time, and to its end even when it is refused."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from spoonfeeder.core.door.refusals import BodyTooLarge, BodyTooSlow, answer
from spoonfeeder.core.door.request_line import header_values
from spoonfeeder.core.errors import AppError

DRAIN_BYTES = 32 * 1024 * 1024
DRAIN_SECONDS = 3.0
DRAIN_PAUSE_SECONDS = 0.5


class ClientGone(Exception):
    """The client hung up before its body was complete."""


async def next_message(receive: Receive, deadline: float) -> Message:
    """Raises BodyTooSlow at `deadline`, a time of the event loop's clock."""
    try:
        async with asyncio.timeout_at(deadline):
            return await receive()
    except TimeoutError:
        raise BodyTooSlow(headers={"Connection": "close"}) from None


async def read_body(receive: Receive, limit_bytes: int, deadline: float) -> bytes:
    """The whole body; raises BodyTooLarge, BodyTooSlow or ClientGone."""
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await next_message(receive, deadline)
        if message["type"] == "http.disconnect":
            raise ClientGone
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > limit_bytes:
            raise BodyTooLarge(limit_bytes)
        more = message.get("more_body", False)
    return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once more, then what comes after it."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


async def refuse(scope: Scope, receive: Receive, send: Send, refusal: AppError) -> None:
    """Answers at once, then reads some of what still comes, so that the client is not reset before it has read."""
    still_sending = isinstance(refusal, BodyTooLarge) and not header_values(scope, b"expect")
    await answer(scope, send, refusal, more_body=still_sending)
    if still_sending:
        await drain(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def drain(receive: Receive) -> None:
    """Reads and forgets until the body is complete, the client pauses, or enough is enough."""
    ends_at = asyncio.get_running_loop().time() + DRAIN_SECONDS
    read = 0
    more = True
    while more and read < DRAIN_BYTES:
        try:
            pause_ends_at = asyncio.get_running_loop().time() + DRAIN_PAUSE_SECONDS
            message = await next_message(receive, min(ends_at, pause_ends_at))
        except BodyTooSlow:
            return
        read += len(message.get("body", b""))
        more = message.get("more_body", False)
