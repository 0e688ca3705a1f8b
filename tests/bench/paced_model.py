"""An OpenAI-compatible server that speaks at a fixed pace and does nothing else.

`python -m tests.bench.paced_model PORT`; a model is named `<milliseconds between pieces>-<number of pieces>`.
"""

import asyncio
import sys

import orjson
import uvloop

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
DONE = b"data: [DONE]\n\n"
PIECE = "four"


def _event(model: str, **fields: object) -> bytes:
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": model, **fields}
    return _framed(b"data: " + orjson.dumps(chunk) + b"\n\n")


def _framed(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.split("content-length:")[1].split("\r\n")[0])
            asked = orjson.loads(await reader.readexactly(length))
            await _speak(writer, asked["model"])
    except (asyncio.IncompleteReadError, ConnectionError, IndexError):
        pass
    finally:
        writer.close()


async def _speak(writer: asyncio.StreamWriter, model: str) -> None:
    pause, count = (int(number) for number in model.split("-"))
    loop = asyncio.get_running_loop()
    piece = _event(model, choices=[{"index": 0, "delta": {"content": PIECE}, "finish_reason": None}])
    writer.write(HEAD)
    began = loop.time()
    for number in range(count):
        if pause:
            await asyncio.sleep(began + number * pause / 1000 - loop.time())
        writer.write(piece)
        await writer.drain()
    usage = {"prompt_tokens": 3, "completion_tokens": count, "total_tokens": count + 3}
    writer.write(_event(model, choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}]))
    writer.write(_event(model, choices=[], usage=usage) + _framed(DONE) + END)
    await writer.drain()


async def main(port: str) -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", int(port), backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
