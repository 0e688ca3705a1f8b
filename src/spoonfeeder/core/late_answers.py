"""Answers that are made after the handler's transaction has ended, and given up when nobody reads them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

LEFT_STATUS = 499
"""As nginx calls a request whose client is gone."""


class Later(Response):
    """Whatever `make` gives; cancelled when the reader leaves. What it raises is rendered as a handler's errors."""

    def __init__(self, make: Callable[[], Awaitable[Response]]) -> None:
        super().__init__()
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer() -> None:
            response = await self._make()
            await response(scope, receive, send)

        if not await until_left(receive, answer()):
            await nobody_reads(scope, receive, send)


async def nobody_reads(scope: Scope, receive: Receive, send: Send) -> None:
    """What the log of calls notes where the reader left before there was an answer."""
    await Response(status_code=LEFT_STATUS)(scope, receive, send)


async def until_left(receive: Receive, answering: Coroutine[Any, Any, None]) -> bool:
    """Cancels `answering`, and waits for its end, when the client closes the connection; False where that was so."""
    answer = asyncio.create_task(answering)
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait({answer, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            answer.result()
        return answer.done()
    finally:
        await _end(answer, leaving)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """Cancels all before it waits: whoever waits may be cancelled too, and none is left behind."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
