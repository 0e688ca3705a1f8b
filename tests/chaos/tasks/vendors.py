"""`python -m tests.chaos.tasks.vendors <port> <bill> <seed>`: OpenAI, Claude and Gemini as one process.

They take their time, refuse now and then, and write each job that they carry out, and would bill, on a line of `bill`.
"""

import asyncio
import json
import re
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TextIO

from tests.chaos.tasks import products
from tests.fixtures import claude_replies, gemini_replies, openai_replies
from tests.fixtures.scripted import Asked, Reply, scripted

NUMBER = re.compile(rb"number (\d+)")
SHORTEST_SECONDS, LONGEST_SECONDS = 0.2, 1.2
REMOTE_SECONDS = 3.0
SHARE_REFUSED = 0.08


class Vendors:
    """`jobs` are those that run on their own time: when each was begun, by its handle."""

    def __init__(self, bill: TextIO, random: Random) -> None:
        self._bill = bill
        self._random = random
        self._jobs: dict[str, float] = {}

    def answer(self, asked: Asked) -> Reply:
        path = asked.path.partition("?")[0]
        for (method, pattern), reply in ROUTES:
            if asked.method == method and re.fullmatch(pattern, path):
                return reply(self, asked, path)
        return Reply.json({"error": {"message": f"{asked.method} {path} is not known here"}}, 404)

    def billed(self, kind: str, asked: Asked, carry_out: Callable[[], Reply]) -> Reply:
        """A refusal, or a job that is on the bill from now on, however its answer fares."""
        if self._random.random() < SHARE_REFUSED:
            status = self._random.choice((429, 503))
            return Reply.json({"error": {"message": "Not now.", "code": status}}, status, retry_after="1")
        self.note(kind, asked)
        return carry_out()

    def note(self, kind: str, asked: Asked) -> None:
        found = NUMBER.search(asked.body)
        line = {"kind": kind, "number": int(found[1]) if found else None, "at": time.time()}
        self._bill.write(json.dumps(line) + "\n")
        self._bill.flush()

    def late(self, reply: Reply) -> Reply:
        """The same, after a while and in pieces."""
        chunks = [b"", *reply.chunks]
        pause = self._random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS) / len(chunks)
        return Reply(reply.status, chunks, reply.content_type, reply.headers, pause_seconds=pause)

    def begin(self) -> str:
        handle = f"job_{len(self._jobs) + 1}"
        self._jobs[handle] = time.monotonic()
        return handle

    def is_done(self, handle: str) -> bool:
        return time.monotonic() - self._jobs[handle] > REMOTE_SECONDS


Route = Callable[[Vendors, Asked, str], Reply]


def _whole(kind: str, make: Callable[[], Reply]) -> Route:
    return lambda vendors, asked, _: vendors.billed(kind, asked, lambda: vendors.late(make()))


def _started(kind: str, tell: Callable[[str, bool], Reply]) -> Route:
    def start(vendors: Vendors, asked: Asked, _: str) -> Reply:
        return vendors.billed(kind, asked, lambda: tell(vendors.begin(), False))

    return start


def _looked(tell: Callable[[str, bool], Reply]) -> Route:
    def look(vendors: Vendors, _: Asked, path: str) -> Reply:
        handle = path.rsplit("/", 1)[-1]
        return tell(handle, vendors.is_done(handle))

    return look


def _response(handle: str, is_done: bool) -> Reply:
    said = [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "A lighthouse."}]}]
    status = {"status": "completed", "output": said} if is_done else {"status": "in_progress", "output": []}
    usage = {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}
    return Reply.json({"id": handle, "object": "response", "model": openai_replies.MODEL, "usage": usage, **status})


def _video(handle: str, is_done: bool) -> Reply:
    status = {"status": "completed", "progress": 100} if is_done else {"status": "in_progress", "progress": 40}
    return Reply.json({"id": handle, "object": "video", "model": "sora-2", "seconds": "4", "size": "64x64", **status})


def _gemini_picture() -> Reply:
    data = {"inlineData": {"mimeType": "image/png", "data": b64encode(products.png()).decode()}}
    answer = gemini_replies.answer("Here it is.")
    answer[-1]["candidates"][0]["content"]["parts"].append(data)
    return Reply.json(answer[-1])


def _openai_picture() -> Reply:
    usage = {"input_tokens": 9, "output_tokens": 400, "total_tokens": 409}
    return Reply.json({"created": 0, "data": [{"b64_json": b64encode(products.png()).decode()}], "usage": usage})


GEMINI = "/gemini/v1(beta)?/models/[^/]+"
ROUTES: list[tuple[tuple[str, str], Route]] = [
    (
        ("POST", "/openai/v1/chat/completions"),
        _whole("openai text", lambda: openai_replies.stream(*openai_replies.transcript(("A ", "lighthouse.")))),
    ),
    (("POST", "/openai/v1/responses"), _started("openai background", _response)),
    (("GET", "/openai/v1/responses/[^/]+"), _looked(_response)),
    (("POST", "/openai/v1/images/generations"), _whole("openai image", _openai_picture)),
    (
        ("POST", "/openai/v1/audio/speech"),
        _whole("openai speech", lambda: Reply(200, [products.wav()], content_type="audio/wav")),
    ),
    (("POST", "/openai/v1/videos"), _started("openai video", _video)),
    (("GET", "/openai/v1/videos/[^/]+"), _looked(_video)),
    (
        ("GET", "/openai/v1/videos/[^/]+/content"),
        lambda *_: Reply(200, [products.mp4()], content_type="video/mp4"),
    ),
    (
        ("POST", "/claude/v1/messages"),
        _whole("claude text", lambda: claude_replies.stream(claude_replies.answer("A ", "lighthouse."))),
    ),
    (
        ("POST", f"{GEMINI}:streamGenerateContent"),
        _whole("gemini text", lambda: gemini_replies.stream(gemini_replies.answer("A ", "lighthouse."))),
    ),
    (("POST", f"{GEMINI}:generateContent"), _whole("gemini image", _gemini_picture)),
]


async def main(port: int, bill: Path, seed: int) -> None:
    with bill.open("a", encoding="utf-8") as lines:
        vendors = Vendors(lines, Random(seed))
        async with scripted(script=vendors.answer, port=port):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
