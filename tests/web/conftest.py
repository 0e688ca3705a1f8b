"""A small build behind the real door, in front of an API of two routes."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi import FastAPI

from spoonfeeder.core.door import guard
from spoonfeeder.core.render import install_renderer
from spoonfeeder.core.settings import Settings
from spoonfeeder.web.page import Web
from tests.core.door.raw_http import RunningServer

SCRIPT = b"console.log('spoon');\n" * 200
FILES = {
    "index.html": b'<!doctype html><div id="root"></div><script type="module" src="/assets/index-a1b2c3.js"></script>',
    "favicon.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "assets/index-a1b2c3.js": SCRIPT,
    "assets/index-d4e5f6.css": b"body { color: red; }\n" * 100,
    "assets/font-778899.woff2": b"wOF2" + bytes(3000),
    ".built-from": b"a checksum",
}


@pytest.fixture(scope="module")
def api() -> FastAPI:
    app = FastAPI(openapi_url=None)
    install_renderer(app)

    @app.get("/")
    @app.get("/api/things")
    async def answer() -> dict[str, str]:
        return {"from": "the API"}

    return app


def make_build(folder: Path) -> Path:
    for name, body in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        if path.suffix in {".js", ".html"}:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(body))
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(api: FastAPI, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text("swordfish")
    build = make_build(outside / "dist")
    async with RunningServer(guard(Web(api, build), Settings(_env_file=None))) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def without_build(api: FastAPI, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    folder = tmp_path_factory.mktemp("nothing") / "dist"
    async with RunningServer(guard(Web(api, folder), Settings(_env_file=None))) as server:
        yield server
