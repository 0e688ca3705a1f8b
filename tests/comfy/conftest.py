"""A scripted ComfyUI, and a real client and feed on it."""

import ssl
from collections.abc import AsyncIterator

import httpx2
import pytest

from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.feed import Feed
from spoonfeeder.core.http import TargetPolicy
from tests.comfy.loopback import Loopback, loopback

POLL_SECONDS = 0.04


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    async with loopback() as started:
        yield started


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """As core.http opens it, but without reading the CA file anew for each test (0.15 s)."""
    async with httpx2.AsyncClient(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as opened:
        yield opened


@pytest.fixture
async def client(server: Loopback, http: httpx2.AsyncClient) -> ComfyClient:
    return ComfyClient(server.url, http, poll_interval_seconds=POLL_SECONDS)


@pytest.fixture
async def feed(server: Loopback) -> AsyncIterator[Feed]:
    async with Feed(server.url, TargetPolicy(local=True)) as opened:
        assert await opened.wait_connected(20)
        yield opened
