"""Steady requests of every kind, each answer noted: what somebody without any patience or retries would see."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle

import httpx2

from tests.chaos.traffic import Traffic

PAUSE_SECONDS = 0.05
AT_ONCE = 6
GIVE_UP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0 is a request without an answer; `began_at` is of time.monotonic()."""

    request: str
    status: int
    began_at: float
    seconds: float
    retry_after: str | None = None


@dataclass
class Load:
    answers: list[Answer] = field(default_factory=list)

    def since(self, moment: float, request: str = "") -> list[Answer]:
        return [answer for answer in self.answers if answer.began_at >= moment and request in answer.request]


@asynccontextmanager
async def steady_load(url: str, traffic: Traffic) -> AsyncIterator[Load]:
    """Six requests at a time, reads and creates in turn; the last of them have ended when it ends."""
    load = Load()
    session = f"/api/comfyui/sessions/{traffic.sessions[0]}"
    requests = [("GET", "/api/profiles"), ("GET", session), ("POST", f"{session}/generate")]
    async with httpx2.AsyncClient(base_url=url, timeout=GIVE_UP_SECONDS, trust_env=False) as http:
        stopped = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(_ask(http, requests, load, stopped))
            try:
                yield load
            finally:
                stopped.set()


async def _ask(
    http: httpx2.AsyncClient, requests: Sequence[tuple[str, str]], load: Load, stopped: asyncio.Event
) -> None:
    for method, path in cycle(requests):
        began = time.monotonic()
        body = {"prompt_text": "a buoy"} if method == "POST" else None
        try:
            answer = await http.request(method, path, json=body)
            status, retry_after = answer.status_code, answer.headers.get("Retry-After")
        except httpx2.TransportError:
            status, retry_after = 0, None
        load.answers.append(Answer(f"{method} {path}", status, began, time.monotonic() - began, retry_after))
        await asyncio.sleep(PAUSE_SECONDS)
        if stopped.is_set():
            return


def percentile(answers: Sequence[Answer], share: float) -> float:
    """Seconds within which that share of the requests was answered."""
    ordered = sorted(answer.seconds for answer in answers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
