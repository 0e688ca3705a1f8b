"""Takes prompts and does nothing with them, so that who sends them is measured.

`python -m tests.bench.silent_comfyui PORT`
"""

import asyncio
import sys

import uvloop

TAKEN = b'{"prompt_id": "taken", "number": 1, "node_errors": {}}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(TAKEN) + TAKEN


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r")[0] or 0))
            writer.write(ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main(port: str) -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", int(port))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
