"""The client that adapters of tests send by."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from spoonfeeder.core.http import TargetPolicy, open_client


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with open_client(TargetPolicy(local=True)) as client:
        yield client
