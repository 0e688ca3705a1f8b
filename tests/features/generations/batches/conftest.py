"""A server for all tests of a module, with a ComfyUI profile whose ComfyUI does not run: what is queued waits."""

import pytest_asyncio

from tests.fixtures.application import Application
from tests.serving import NOBODY_URL


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(shared_api: Application) -> Application:
    body = {"name": "Nobody", "provider": "comfyui", "url": NOBODY_URL}
    shared_api.made["profile"] = (await shared_api.json("POST", "/profiles", 201, json=body))["id"]
    return shared_api
