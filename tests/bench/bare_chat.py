"""The floor of chats that are not streamed: a pass-through as one writes it with FastAPI and httpx2.

`python -m tests.bench.bare_chat MODEL_URL PORT`
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class Message(BaseModel):
    role: str
    content: str


class Asked(BaseModel):
    model: str
    messages: list[Message]


class Answer(BaseModel):
    model: str
    content: str
    input_tokens: int
    output_tokens: int


def create_app(model_url: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx2.AsyncClient(timeout=60) as app.state.http:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/chat")
    async def chat(asked: Asked) -> Answer:
        answered = await app.state.http.post(f"{model_url}/chat/completions", json=asked.model_dump())
        if answered.status_code != 200:
            raise HTTPException(502)
        told = answered.json()
        said, usage = told["choices"][0]["message"]["content"], told["usage"]
        return Answer(
            model=told["model"],
            content=said,
            input_tokens=usage["prompt_tokens"],
            output_tokens=usage["completion_tokens"],
        )

    return app


if __name__ == "__main__":
    uvicorn.run(
        create_app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="critical", access_log=False
    )
