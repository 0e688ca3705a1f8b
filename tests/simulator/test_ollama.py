"""The simulated Ollama, spoken to as its documentation says."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import orjson
import pytest

from spoonfeeder.simulator.ollama import Options, SimulatedOllama
from tests.fixtures.ports import kept_port

CHAT = {"model": "llama3.2", "messages": [{"role": "user", "content": "Hello?"}]}


@pytest.fixture
async def ollama() -> AsyncIterator[SimulatedOllama]:
    with kept_port() as port:
        async with SimulatedOllama(Options(port=port)) as running:
            yield running


@pytest.fixture
async def http(ollama: SimulatedOllama) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=ollama.url, timeout=30) as client:
        yield client


async def lines(http: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    async with http.stream("POST", path, json=body) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/x-ndjson"
        return [orjson.loads(line) async for line in response.aiter_lines() if line]


def said(replies: list[dict[str, Any]]) -> str:
    return "".join(reply["message"]["content"] for reply in replies)


async def test_chat_streams_and_says_the_same_for_the_same_seed(http: httpx2.AsyncClient) -> None:
    replies = await lines(http, "/api/chat", CHAT)
    assert [reply["done"] for reply in replies] == [False] * 12 + [True]
    assert (replies[-1]["done_reason"], replies[-1]["eval_count"]) == ("stop", 12)
    assert said(replies) == said(await lines(http, "/api/chat", {**CHAT, "options": {"seed": 0}}))
    assert said(replies) != said(await lines(http, "/api/chat", {**CHAT, "options": {"seed": 1}}))
    whole = (await http.post("/api/chat", json={**CHAT, "stream": False})).json()
    assert (whole["message"]["content"], whole["done"]) == (said(replies), True)


async def test_length_and_wrong_kinds_of_options(http: httpx2.AsyncClient) -> None:
    replies = await lines(http, "/api/chat", {**CHAT, "options": {"num_predict": 3, "hello": 1}})
    assert (len(replies), replies[-1]["done_reason"]) == (4, "length")
    wrong = await http.post("/api/chat", json={**CHAT, "options": {"seed": "x"}})
    assert (wrong.status_code, wrong.json()) == (400, {"error": 'option "seed" must be of type integer'})


async def test_pictures_are_for_models_that_see(http: httpx2.AsyncClient) -> None:
    shown = {"messages": [{"role": "user", "content": "Hello?", "images": ["iVBORw=="]}]}
    plain = await lines(http, "/api/chat", {**CHAT, "model": "llava:7b"})
    seen = await lines(http, "/api/chat", {**shown, "model": "llava:7b"})
    assert said(plain) != said(seen)
    assert (await http.post("/api/chat", json={**shown, "model": "llama3.2"})).status_code == 400


async def test_generate_loads_speaks_and_unloads(http: httpx2.AsyncClient) -> None:
    async def ask(**body: Any) -> Any:
        return (await http.post("/api/generate", json={"model": "llama3.2", "stream": False, **body})).json()

    async def loaded() -> list[str]:
        return [model["name"] for model in (await http.get("/api/ps")).json()["models"]]

    assert (await ask())["done_reason"] == "load"
    assert await loaded() == ["llama3.2:latest"]
    assert (await ask(keep_alive=0))["done_reason"] == "unload"
    assert await loaded() == []
    assert len((await ask(prompt="Hello?", keep_alive="0s"))["response"].split()) == 12
    assert await loaded() == []
    assert (await ask(keep_alive="5 minutes"))["error"].startswith("time: ")


async def test_embeddings_have_length_1_and_follow_the_text(http: httpx2.AsyncClient) -> None:
    body = {"model": "all-minilm", "input": ["a", "b", "a"]}
    first, second, third = (await http.post("/api/embed", json=body)).json()["embeddings"]
    assert first == third != second
    assert sum(number * number for number in first) == pytest.approx(1)
    refused = await http.post("/api/chat", json={**CHAT, "model": "all-minilm"})
    assert "does not support chat" in refused.json()["error"]


async def test_what_is_missing_or_malformed(http: httpx2.AsyncClient) -> None:
    for path in ("/api/chat", "/api/generate", "/api/show", "/api/embed"):
        missing = await http.post(path, json={"model": "nobody"})
        assert (missing.status_code, missing.json()) == (404, {"error": "model 'nobody' not found"})
        assert (await http.post(path, content=b"{")).status_code == 400
        assert (await http.post(path, content=b"[]")).status_code == 400
    assert (await http.get("/api/nowhere")).status_code == 404


async def test_pace_is_kept_over_many_streams(http: httpx2.AsyncClient) -> None:
    options = Options(chunks=10, chunks_per_second=5)
    async with SimulatedOllama(options) as paced, httpx2.AsyncClient(base_url=paced.url, timeout=60) as many:
        started = time.monotonic()
        answers = await asyncio.gather(*(lines(many, "/api/chat", CHAT) for _ in range(60)))
        took = time.monotonic() - started
    assert all(len(answer) == 11 for answer in answers)
    assert 1.9 < took < 60 * 2 / 2  # half of one after the other


async def test_models_outlive_a_restart_at_the_same_port(ollama: SimulatedOllama, http: httpx2.AsyncClient) -> None:
    url = ollama.url
    await lines(http, "/api/pull", {"model": "new:1b"})
    await ollama.stop()
    with pytest.raises(httpx2.TransportError):
        await http.get("/api/tags")
    await ollama.start()
    assert ollama.url == url
    names = {model["name"] for model in (await http.get("/api/tags")).json()["models"]}
    assert "new:1b" in names
