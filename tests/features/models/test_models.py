"""The models of all profiles, and the management of an Ollama's, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio

from spoonfeeder.features.models import listing
from spoonfeeder.simulator.ollama import Options, SimulatedOllama
from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.ollama import KEY
from tests.serving import NOBODY_URL
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def api(shared_api: Application) -> AsyncIterator[Application]:
    """Without profiles of the test before."""
    yield shared_api
    for row in await shared_api.json("GET", "/profiles"):
        await shared_api.json("DELETE", f"/profiles/{row['id']}")


@pytest_asyncio.fixture(loop_scope="module")
async def simulated() -> AsyncIterator[SimulatedOllama]:
    async with SimulatedOllama() as running:
        yield running


async def profile(api: Application, url: str, **fields: Any) -> str:
    body = {"name": "Mine", "provider": "ollama", "url": url, **fields}
    return str((await api.json("POST", "/profiles", 201, json=body))["id"])


async def pulled(api: Application, name: str, query: str = "") -> list[tuple[str, Any]]:
    response = await api.http.post(f"/api/models/pull{query}", json={"name": name})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    return list(events(response.content))


def events(body: bytes) -> Any:
    for block in body.split(b"\n\n"):
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if b": " in line)
        if b"data" in fields:
            yield fields[b"event"].decode(), orjson.loads(fields[b"data"])


async def test_one_list_of_all_models(
    api: Application, simulated: SimulatedOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ASKING_SECONDS", 15.0)
    profile_id = await profile(api, f"{simulated.url}/", api_key=KEY)
    seeing = {"model_id": "gpt-4o", "name": "Omni", "input_modalities": ["text", "image"]}
    other_id = await profile(api, "http://127.0.0.1:9/v1", provider="openai", name="Other")
    for path, body in (
        (profile_id, {"model_id": "llama3.2"}),
        (profile_id, {"model_id": "gone:1b"}),
        (other_id, seeing),
        (other_id, {"model_id": "text-embedding-3-small"}),
    ):
        await api.json("POST", f"/profiles/{path}/models", 201, json=body)
    await api.json("POST", f"/models/{quote('llava:7b', safe='')}/load", json={"keep_alive": "10m"})

    answer = (await api.http.get("/api/models")).json()
    rows = {row["model_id"]: row for row in answer["data"]}

    assert answer["unavailable"] == []
    assert set(rows) == {"llama3.2", "gone:1b", "llava:7b", "all-minilm:latest", "gpt-4o", "text-embedding-3-small"}
    llava = rows["llava:7b"]
    assert (llava["profile_id"], llava["provider"], llava["is_listed"]) == (profile_id, "ollama", False)
    assert (llava["family"], llava["quantization"], llava["size_bytes"]) == ("llama", "Q4_0", 4 * 10**9)
    assert (llava["is_loaded"], llava["context_length"], llava["vram_bytes"]) == (True, 4_096, 4 * 10**9)
    assert llava["capabilities"] == ["text", "vision", "model_management"]
    assert llava["expires_at"].endswith("Z")
    assert rows["all-minilm:latest"]["capabilities"] == ["embeddings", "model_management"]
    listed, gone = rows["llama3.2"], rows["gone:1b"]
    assert (listed["is_listed"], listed["is_there"], listed["is_loaded"]) == (True, True, False)
    assert (gone["is_there"], gone["is_loaded"], gone["size_bytes"]) == (False, False, None)
    omni = rows["gpt-4o"]
    assert (omni["capabilities"], omni["is_there"], omni["profile_name"]) == (["text", "vision"], None, "Other")
    assert rows["text-embedding-3-small"]["capabilities"] == ["embeddings"]

    of_one = await api.json("GET", f"/models?profile_id={other_id}")
    assert {row["model_id"] for row in of_one} == {"gpt-4o", "text-embedding-3-small"}
    assert {row["provider"] for row in await api.json("GET", "/models?provider=ollama")} == {"ollama"}
    assert await api.json("GET", "/models?provider=gemini") == []
    await api.json("GET", "/models?provider=x", 422)
    foreign = await insert_foreign(api.settings)
    for unknown in (uuid4(), foreign.profile_id):
        assert (await api.json("GET", f"/models?profile_id={unknown}", 404))["code"] == "PROFILE_NOT_FOUND"


async def test_an_ollama_that_is_silent_is_not_waited_for(
    api: Application, simulated: SimulatedOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ASKING_SECONDS", 0.2)
    simulated.fail("/api/tags", "slow", seconds=120)
    profile_id = await profile(api, simulated.url)
    answer = (await api.http.get("/api/models")).json()
    assert [(row["profile_id"], row["code"]) for row in answer["unavailable"]] == [(profile_id, "PROVIDER_TIMEOUT")]


async def test_an_ollama_that_is_away_is_named(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ASKING_SECONDS", 15.0)
    gone_id = await profile(api, NOBODY_URL)
    await api.json("POST", f"/profiles/{gone_id}/models", 201, json={"model_id": "listed:1b"})

    answer = (await api.http.get("/api/models")).json()

    assert [(row["profile_id"], row["code"]) for row in answer["unavailable"]] == [(gone_id, "PROVIDER_UNREACHABLE")]
    (listed,) = answer["data"]
    assert (listed["model_id"], listed["is_there"], listed["is_loaded"]) == ("listed:1b", None, None)
    for method, path in (
        ("GET", "/running"),
        ("GET", "/x"),
        ("GET", "/x/status"),
        ("POST", "/x/load"),
        ("DELETE", "/x"),
    ):
        answer = await api.json(method, f"/models{path}?profile_id={gone_id}", 503)
        assert answer["code"] == "PROVIDER_UNREACHABLE", (method, path)
    refused = await api.http.post(f"/api/models/pull?profile_id={gone_id}", json={"name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (503, "PROVIDER_UNREACHABLE")


async def test_models_are_pulled_shown_loaded_and_deleted(api: Application, simulated: SimulatedOllama) -> None:
    profile_id = await profile(api, simulated.url)
    name = "hf.co/org/new:Q4_K_M"
    path = f"/models/{quote(name, safe='')}"
    for missing in ("", "/status"):
        assert (await api.json("GET", f"{path}{missing}", 404))["code"] == "MODEL_NOT_FOUND"
    assert (await api.json("DELETE", path, 404))["code"] == "MODEL_NOT_FOUND"

    told = await pulled(api, name)
    assert [kind for kind, _ in told] == ["progress"] * 8 + ["done"]
    assert told[3][1]["total_bytes"] == 1_000_000
    assert told[-1][1] == {"name": name, "status": "success"}

    shown = await api.json("GET", path)
    assert (shown["name"], shown["context_length"], shown["capabilities"]) == (name, 8_192, ["completion"])
    assert (await api.json("GET", f"{path}/status"))["is_loaded"] is False
    await api.json("POST", f"{path}/load")
    assert (await api.json("GET", f"{path}/status"))["is_loaded"] is True
    assert [model["name"] for model in await api.json("GET", "/models/running")] == [name]
    await api.json("POST", f"{path}/unload")
    assert await api.json("GET", "/models/running") == []
    assert (await api.json("DELETE", path))["success"] is True
    assert name not in simulated.library.models

    entries = (await api.http.get("/api/audit")).json()["data"]
    told_of = [(row["action"], row["subject_id"], row["details"].get("name")) for row in entries]
    assert ("model_pulled", profile_id, name) in told_of
    assert ("model_deleted", profile_id, name) in told_of


async def test_pull_of_what_is_not_there_and_one_that_breaks_off(api: Application, simulated: SimulatedOllama) -> None:
    await profile(api, simulated.url)
    told = await pulled(api, "no-such-model")
    assert [kind for kind, _ in told] == ["progress", "error"]
    assert told[-1][1]["code"] == "PROVIDER_MODEL_NOT_FOUND"
    assert told[-1][1]["error"] == 'Ollama\'s library has no model "no-such-model"; check its name and its tag.'
    simulated.fail("/api/pull", "error_line", after=2, words="write /models/x-partial: no space left on device")
    told = await pulled(api, "new:1b")
    assert told[-1][1]["error"].startswith("The disk of Ollama's machine is full; ")
    simulated.fail("/api/pull", "cut", after=2)
    told = await pulled(api, "new:1b")
    assert told[-1][1]["code"] == "PROVIDER_STREAM_TRUNCATED"
    for name in ("", "a b", "../x", "-x", 4, "x" * 256):
        await api.json("POST", "/models/pull", 422, json={"name": name})


@pytest_asyncio.fixture(loop_scope="module")
async def slow() -> AsyncIterator[SimulatedOllama]:
    async with SimulatedOllama(Options(pull_seconds=30)) as running:
        yield running


async def test_pull_ends_with_its_reader(api: Application, slow: SimulatedOllama) -> None:
    await profile(api, slow.url)
    async with api.http.stream("POST", "/api/models/pull", json={"name": "new:1b"}) as response:
        async with asyncio.timeout(20):
            await anext(response.aiter_bytes())
    await until(lambda: slow.left == ["new:1b"])


async def test_only_an_ollama_is_managed(api: Application, simulated: SimulatedOllama) -> None:
    other_id = await profile(api, "http://127.0.0.1:9/v1", provider="openai")
    for method, path in (("GET", "/running"), ("GET", "/x"), ("POST", "/x/unload"), ("DELETE", "/x")):
        answer = await api.json(method, f"/models{path}?profile_id={other_id}", 422)
        assert answer["code"] == "OLLAMA_PROFILE_REQUIRED"
    await api.json("POST", "/models/x/load", 422, json={"keep_alive": "for ever"})
    answer = await api.json("POST", f"/models/pull?profile_id={other_id}", 422, json={"name": "x"})
    assert answer["code"] == "OLLAMA_PROFILE_REQUIRED"
    assert simulated.requests == {}
