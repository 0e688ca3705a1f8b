from collections.abc import AsyncIterator

import pytest

from spoonfeeder.realtime.emitter import Emitter
from tests.sockets.stage import Stage


@pytest.fixture
async def stage(redis_url: str) -> AsyncIterator[Stage]:
    emitter = Emitter(redis_url)
    yield Stage(redis_url, emitter)
    await emitter.close()
