"""A model that answers as the tests say, and a server that may speak to it; one of each for all tests of a module."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.features.chat.conversations.ollama_turns import Model, open_model
from tests.features.chat.conversations.talking import Talk, talk_with
from tests.fixtures.server_mode import ServerMode


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[Model]:
    async with open_model() as opened:
        yield opened


@pytest.fixture(scope="module")
def server_settings(model: Model) -> dict[str, Any]:
    return {"private_targets": (model.url.removeprefix("http://"),)}


@pytest_asyncio.fixture(loop_scope="module")
async def talk(server: ServerMode, model: Model) -> Talk:
    """Of somebody in a workspace of their own."""
    return await talk_with(server.acting_as(await server.stranger()), model)
