"""What doctor says of a server that tells its version only to those who are signed in."""

import asyncio
from urllib.parse import urlsplit

import pytest

from spoonfeeder.operation.doctor.findings import Level
from spoonfeeder.operation.doctor.machine import check_port
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_server_without_a_version_is_named_in_plain_words(server: ServerMode) -> None:
    port = urlsplit(server.url).port
    [found] = await asyncio.to_thread(check_port, server.settings.model_copy(update={"port": port}))
    assert (found.level, found.said) == (Level.OK, f"Spoon Feeder answers on 127.0.0.1:{port}")
