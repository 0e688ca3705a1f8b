"""A small application behind the real door and a real uvicorn."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from fastapi import APIRouter, FastAPI, Request, UploadFile
from pydantic import Field

from spoonfeeder.core.door import guard
from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.render import install_renderer
from spoonfeeder.core.schema import Input
from spoonfeeder.core.settings import Settings
from tests.core.door.raw_http import RunningServer

router = APIRouter(route_class=JsonRoute)


class Thing(Input):
    name: str | None = Field(None, max_length=1000)
    amount: float | None = None
    settings: dict[str, Any] | None = None


@router.get("/api/things")
async def list_things(q: str = "") -> dict[str, Any]:
    return {"q": q}


@router.post("/api/things")
@router.post("/api/comfyui/workflows")
async def make_thing(thing: Thing) -> dict[str, Any]:
    return thing.model_dump(exclude_unset=True)


@router.get("/api/models/{name:path}")
async def read_model(name: str) -> dict[str, str]:
    return {"name": name}


@router.get("/api/where")
async def where(request: Request) -> dict[str, Any]:
    client = request.client.host if request.client else None
    return {"client": client, "url": str(request.url), "forwarded": request.headers.get("x-forwarded-for")}


@router.post("/api/comfyui/uploads")
async def upload_stream(request: Request) -> dict[str, int]:
    return {"bytes": sum([len(chunk) async for chunk in request.stream()])}


@router.put("/api/comfyui/workflows/{workflow_id}/thumbnail")
async def upload_form(workflow_id: str, file: UploadFile) -> dict[str, int]:
    return {"bytes": len(await file.read())}


@router.post("/api/broken")
async def broken() -> None:
    raise RuntimeError("the secret is swordfish")


def small_settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.fixture(scope="module")
def api() -> FastAPI:
    app = FastAPI()
    install_renderer(app)
    app.include_router(router)
    return app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(api: FastAPI) -> AsyncIterator[RunningServer]:
    async with RunningServer(guard(api, small_settings())) as running:
        yield running


@pytest.fixture
def serving(api: FastAPI) -> Callable[..., RunningServer]:
    """Makes a server with other settings, to be entered by the test."""

    def make(**values: Any) -> RunningServer:
        return RunningServer(guard(api, small_settings(**values)))

    return make
