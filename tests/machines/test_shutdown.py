"""R12: an API process that is told to end does so soon, whoever still holds a connection."""

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx2
import pytest
import pytest_asyncio

from spoonfeeder.cli.serve import GRACEFUL_SECONDS
from tests.machines.stage import Api, Machines, open_machines
from tests.socket_client import open_socket
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")
WAV_BYTES = 32 * 1024 * 1024
POLLING = "/socket.io/?EIO=4&transport=polling"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def machines() -> AsyncIterator[Machines]:
    """Each test starts an API of its own on them."""
    async with open_machines() as opened:
        yield opened


async def upload_sound(api: Api) -> str:
    """The path of a file that is larger than what the sockets on the way buffer."""
    sound = b"RIFF" + (WAV_BYTES - 8).to_bytes(4, "little") + b"WAVEfmt " + bytes(WAV_BYTES - 16)
    async with httpx2.AsyncClient(base_url=api.url, timeout=60, trust_env=False) as http:
        answer = await http.post("/api/comfyui/uploads", files={"file": ("sound.wav", sound)})
    assert answer.status_code == httpx2.codes.CREATED, answer.text
    return str(answer.json()["data"]["url"])


def begin_download(api: Api, path: str) -> socket.socket:
    """A reader that takes the first bytes and then no more."""
    parts = urlsplit(api.url)
    reader = socket.create_connection((parts.hostname, parts.port), timeout=30)
    reader.sendall(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    assert b"200 OK" in reader.recv(2048)
    return reader


async def join_by_polling(http: httpx2.AsyncClient) -> str:
    """The path of a joined polling session, with nothing left to be told."""
    opened = await http.get(POLLING)
    path = f"{POLLING}&sid={opened.text[opened.text.index('sid') + 6 :].partition(chr(34))[0]}"
    await http.post(path, content="40")
    assert (await http.get(path)).text.startswith("40")
    return path


async def refuses_connections(api: Api) -> bool:
    parts = urlsplit(api.url)
    try:
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except (ConnectionRefusedError, ConnectionResetError):  # reset: it was accepted, then nobody listened any more
        return True
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return False


async def test_sockets_and_polls_end_at_the_signal(machines: Machines) -> None:
    [api] = await machines.start_apis(1)
    async with httpx2.AsyncClient(base_url=api.url, timeout=30, trust_env=False) as http:
        poll = asyncio.create_task(http.get(await join_by_polling(http)))
        async with open_socket(api.url) as one, open_socket(api.url) as other:
            stopping = asyncio.create_task(api.stop())
            await one.until_ended()
            await other.until_ended()
            assert (await poll).status_code == httpx2.codes.OK
            assert await stopping < GRACEFUL_SECONDS
    assert api.process.returncode in {0, -signal.SIGTERM}


async def test_a_download_that_nobody_reads_delays_the_end_by_ten_seconds_at_most(machines: Machines) -> None:
    [api] = await machines.start_apis(1)
    with begin_download(api, await upload_sound(api)):
        async with open_socket(api.url):
            await api.stop()  # raises if it takes 25 s
    assert api.process.returncode in {0, -signal.SIGTERM}


async def test_a_second_ctrl_c_ends_at_once(machines: Machines) -> None:
    [api] = await machines.start_apis(1)
    with begin_download(api, await upload_sound(api)):
        api.process.send_signal(signal.SIGINT)
        await until_async(lambda: refuses_connections(api))
        assert api.process.poll() is None
        again = time.monotonic()
        api.process.send_signal(signal.SIGINT)
        await asyncio.to_thread(api.process.wait, 30)
        assert time.monotonic() - again < GRACEFUL_SECONDS - 3
