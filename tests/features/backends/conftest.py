"""One server for the tests of a module, with a ComfyUI of its own for each."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from spoonfeeder.simulator import Options, Simulator
from tests.fixtures.application import Application
from tests.fixtures.ports import kept_port


@pytest_asyncio.fixture(loop_scope="module")
async def emptied_api(shared_api: Application) -> AsyncIterator[Application]:
    """Without profiles of the test before."""
    with kept_port() as port:
        async with Simulator(Options(step_seconds=0.005, probes=True, port=port)) as simulator:
            yield replace(shared_api, simulator=simulator, made={})
    for row in await shared_api.json("GET", "/profiles"):
        await shared_api.json("DELETE", f"/profiles/{row['id']}")
