"""Answers as an Ollama sends them: JSON, or one JSON object a line as they come."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from spoonfeeder.simulator.ollama.faults import Fault

START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/x-ndjson")],
}


class Json(Response):
    def __init__(self, content: Any, status_code: int = 200) -> None:
        super().__init__(orjson.dumps(content), status_code, media_type="application/json; charset=utf-8")


def failure(status: int, words: str) -> Json:
    return Json({"error": words}, status)


class Hang(Exception):
    """The connection is to break off in the middle."""


class Lines(Response):
    """Ends early when the reader leaves; `counted` is told of it."""

    def __init__(self, lines: AsyncIterator[dict[str, Any]], fault: Fault | None, left: list[str], what: str) -> None:
        super().__init__()
        self._lines, self._fault, self._left, self._what = lines, fault, left, what

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_leaving(receive))
        done, _ = await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if sending not in done:
            self._left.append(self._what)
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)
        if not sending.cancelled() and (error := sending.exception()) is not None:
            raise error

    async def _send(self, send: Send) -> None:
        await send(START)
        count = 0
        async for line in self._lines:
            if self._fault is not None and count == self._fault.after:
                await _spoil(self._fault, send)
                if self._fault.kind != "garbage":
                    return
            await send({"type": "http.response.body", "body": orjson.dumps(line) + b"\n", "more_body": True})
            count += 1
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _leaving(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _spoil(fault: Fault, send: Send) -> None:
    if fault.kind == "cut":
        await asyncio.sleep(0)
        raise Hang
    bodies = {"error_line": orjson.dumps({"error": fault.words}) + b"\n", "garbage": b"<html>oh</html>\n"}
    await send(
        {
            "type": "http.response.body",
            "body": bodies.get(fault.kind, b""),
            "more_body": fault.kind == "garbage",
        }
    )
