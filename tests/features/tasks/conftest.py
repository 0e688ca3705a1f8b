"""The server with a worker, the same for all tests of a module; each has a provider of its own."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.fixtures.application import Application, serve_work


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def working(shared_api: Application) -> AsyncIterator[Application]:
    async with serve_work(shared_api.settings):
        yield shared_api
