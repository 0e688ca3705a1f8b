"""A server that speaks as each family of providers does, at a fixed pace, and does nothing else.

`python -m tests.bench.paced_model PORT`; a model is named `<milliseconds between pieces>-<number of pieces>`, and with
`-clock` behind it each piece is the moment when it was said, by the machine's monotonic clock.
"""

import asyncio
import re
import sys
import time

import orjson
import uvloop

from tests.bench.speaking import Family, family_of

HEAD = "HTTP/1.1 200 OK\r\ncontent-type: {}\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
PIECE = "four"
MODEL = re.compile(r"(\d+)-(\d+)(-clock)?")


def _framed(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = int(head.lower().split("content-length:")[1].split("\r\n")[0])
            asked = orjson.loads(await reader.readexactly(length))
            path = head.split(" ", 2)[1]
            found = MODEL.search(asked.get("model") or path)
            assert found, asked
            if asked.get("stream") is False or (path.endswith("/completions") and "stream" not in asked):
                _answer(writer, int(found[2]))
            else:
                await _speak(writer, family_of(path), int(found[1]), int(found[2]), bool(found[3]))
    except (asyncio.IncompleteReadError, ConnectionError, IndexError, RuntimeError):
        pass  # uvloop raises RuntimeError where the reader is gone
    finally:
        writer.close()


def _answer(writer: asyncio.StreamWriter, count: int) -> None:
    """The same words at once, as one object of OpenAI's."""
    choice = {"index": 0, "message": {"role": "assistant", "content": PIECE * count}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 3, "completion_tokens": count, "total_tokens": count + 3}
    told = orjson.dumps({"id": "chatcmpl-1", "model": "m", "choices": [choice], "usage": usage})
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(told) + told)


async def _speak(writer: asyncio.StreamWriter, family: Family, pause: int, count: int, is_clock: bool) -> None:
    loop = asyncio.get_running_loop()
    piece = _framed(family.piece(PIECE))
    writer.write(HEAD.format(family.content_type).encode() + b"".join(_framed(said) for said in family.begin))
    began = loop.time()
    for number in range(count):
        if pause:
            await asyncio.sleep(began + number * pause / 1000 - loop.time())
        writer.write(_framed(family.piece(f"@{time.monotonic():.6f};")) if is_clock else piece)
        await writer.drain()
    writer.write(b"".join(_framed(said) for said in family.end(count)) + END)
    await writer.drain()


async def main(port: str) -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", int(port), backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
