"""The floor: the least that brings a step from ComfyUI to a browser through Redis and Socket.IO.

`python -m tests.bench.bare_relay serve REDIS_URL PORT` and `… relay REDIS_URL COMFYUI_URL CLIENT_ID` are two
processes, as API and worker are.
"""

import json
import sys

import socketio
import uvicorn
import uvloop
from websockets.asyncio.client import connect

CHANNEL = "bare"
ROOM = "everybody"


def serve(redis_url: str, port: str) -> None:
    server = socketio.AsyncServer(
        async_mode="asgi", client_manager=socketio.AsyncRedisManager(redis_url, channel=CHANNEL)
    )

    @server.event  # type: ignore[untyped-decorator]
    async def connect(sid: str, environ: object) -> None:
        await server.enter_room(sid, ROOM)

    uvicorn.run(socketio.ASGIApp(server), host="127.0.0.1", port=int(port), log_level="critical", loop="uvloop")


async def relay(redis_url: str, comfyui_url: str, client_id: str) -> None:
    bus = socketio.AsyncRedisManager(redis_url, channel=CHANNEL, write_only=True)
    address = f"ws{comfyui_url.removeprefix('http')}/ws?clientId={client_id}"
    async with connect(address, compression=None, max_size=None) as feed:
        async for message in feed:
            if isinstance(message, str) and (event := json.loads(message))["type"] == "progress":
                await bus.emit("progress", event["data"], room=ROOM)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(*sys.argv[2:])
    else:
        uvloop.run(relay(*sys.argv[2:]))
