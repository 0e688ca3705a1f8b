"""Tells of progress 80 times a second and at last of every end: `python -m tests.bench.event_source SPEC`, as JSON.

As a worker of ours does, by its dispatcher, or as the least that can: python-socketio's write-only manager.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import socketio
import uvloop

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.realtime.dispatcher import Dispatcher
from spoonfeeder.realtime.doorbell import Doorbell
from spoonfeeder.realtime.emitter import Emitter, message_of
from spoonfeeder.realtime.event import Event
from spoonfeeder.realtime.events import GenerationProgress, GenerationQueued
from tests.bench.bare_relay import CHANNEL, ROOM

PER_SECOND = 80
Tell = Callable[[int, int, str], Awaitable[None]]


async def main(spec: dict[str, Any]) -> None:
    if spec["bare"]:
        bus = socketio.AsyncRedisManager(spec["redis_url"], channel=CHANNEL, write_only=True)

        async def tell_bare(number: int, progress: int, node: str) -> None:
            told = {"id": str(UUID(int=number)), "session_id": spec["session"], "status": "running", "seq": progress}
            await bus.emit("progress", told | {"progress": progress % 100, "current_node": node}, room=ROOM)

        await _run(spec, tell_bare)
        return
    emitter, doorbell = Emitter(spec["redis_url"]), Doorbell(spec["redis_url"])

    async def emit(event: Event) -> None:
        await emitter.publish(message_of(event))

    async with Dispatcher(doorbell.ring, emit) as dispatcher:

        async def tell(number: int, progress: int, node: str) -> None:
            kind = GenerationQueued if node.startswith("final") else GenerationProgress
            status = GenerationStatus.PENDING if node.startswith("final") else GenerationStatus.RUNNING
            dispatcher.emit(
                kind(
                    workspace_id=UUID(spec["workspace"]),
                    id=UUID(int=number),
                    session_id=UUID(spec["session"]),
                    version=1,
                    n=progress,
                    status=status,
                    progress=progress % 100,
                    current_node=node,
                )
            )

        await _run(spec, tell)
    await emitter.close()
    await doorbell.close()


async def _run(spec: dict[str, Any], tell: Tell) -> None:
    loop = asyncio.get_running_loop()
    began, generations = loop.time() + 0.2, spec["finals"]
    for n in range(int(spec["seconds"] * PER_SECOND)):
        await asyncio.sleep(began + n / PER_SECOND - loop.time())
        await tell(n % generations, n, f"@{time.monotonic():.6f};")
    for number in range(generations):
        await tell(number, 0, f"final-{number}")


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
