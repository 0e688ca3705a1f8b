"""The floor of accepting generations: a relay without a database, which passes each on to ComfyUI at once.

`python -m tests.bench.bare_accept COMFYUI_URL PORT`, with the graph as JSON on its standard input
"""

import copy
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx2
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

SAMPLER = "3"


class Wanted(BaseModel):
    parameters: dict[str, Any]


def create_app(comfyui_url: str, graph: dict[str, Any]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx2.AsyncClient(timeout=60) as app.state.http:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/generate", status_code=201)
    async def generate(wanted: Wanted) -> dict[str, Any]:
        prompt_id, mine = str(uuid4()), copy.deepcopy(graph)
        mine[SAMPLER]["inputs"].update(wanted.parameters)
        body = {"prompt": mine, "client_id": "bare", "prompt_id": prompt_id}
        if (await app.state.http.post(f"{comfyui_url}/prompt", json=body)).status_code != 200:
            raise HTTPException(502)
        return {"data": {"id": prompt_id}}

    return app


if __name__ == "__main__":
    app = create_app(sys.argv[1], json.load(sys.stdin))
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="critical", access_log=False)
