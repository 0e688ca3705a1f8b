"""Models that an Ollama holds, against the simulated one: shown, loaded, pulled, removed."""

import asyncio
from typing import Any

import pytest

from spoonfeeder.providers import errors
from spoonfeeder.providers.ollama_library import full_name
from spoonfeeder.simulator.ollama import Options, SimulatedOllama
from tests.fixtures.ollama import adapter, simulated
from tests.fixtures.scripted import Reply, scripted
from tests.waiting import until

__all__ = ["simulated"]


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("llama3.2", "llama3.2:latest"),
        ("llama3.2:3b", "llama3.2:3b"),
        ("hf.co/org/model", "hf.co/org/model:latest"),
        ("localhost:5000/model", "localhost:5000/model:latest"),
        ("hf.co/org/model:Q4_K_M", "hf.co/org/model:Q4_K_M"),
    ],
)
def test_full_name(name: str, full: str) -> None:
    assert full_name(name) == full


async def test_listed_shown_loaded_and_unloaded(simulated: SimulatedOllama, http: Any) -> None:
    library = adapter(simulated.url, http).library
    listed = {model.name: model for model in await library.models()}
    assert listed["llava:7b"].capabilities == ("completion", "vision")
    assert (listed["llava:7b"].quantization, listed["llava:7b"].parameter_size) == ("Q4_0", "7.2B")
    moment = listed["llava:7b"].modified_at
    assert moment is not None
    assert moment.isoformat() == "2026-01-02T03:04:05.678901+00:00"
    shown = await library.show("llava:7b")
    assert (shown.context_length, shown.details["family"]) == (32_768, "llama")

    assert await library.running() == []
    await library.load("llava:7b", "10m")
    await library.load("all-minilm", "-1s")
    running = {model.name: model for model in await library.running()}
    assert set(running) == {"llava:7b", "all-minilm:latest"}
    assert running["llava:7b"].context_length == 4_096
    await library.unload("llava:7b")
    await library.unload("all-minilm")
    assert await library.running() == []


async def test_pulled_with_its_progress_and_deleted(simulated: SimulatedOllama, http: Any) -> None:
    library = adapter(simulated.url, http).library
    told = [progress async for progress in library.pull("hf.co/org/new:Q4")]
    assert told[0].status == "pulling manifest"
    assert [progress.completed_bytes for progress in told if progress.digest] == [0, 250_000, 500_000, 750_000, 10**6]
    assert told[-1].status == "success"
    assert "hf.co/org/new:Q4" in {model.name for model in await library.models()}
    await library.delete("hf.co/org/new:Q4")
    assert "hf.co/org/new:Q4" not in {model.name for model in await library.models()}


async def test_what_is_not_there(simulated: SimulatedOllama, http: Any) -> None:
    library = adapter(simulated.url, http).library
    for asking in (library.show, library.load, library.unload, library.delete):
        with pytest.raises(errors.ModelMissing):
            await asking("nobody:1b")
    with pytest.raises(errors.ModelMissing):
        [progress async for progress in library.pull("no-such-model")]


@pytest.mark.parametrize("kind", ["cut", "unfinished"])
async def test_pull_that_breaks_off_is_no_success(kind: Any, simulated: SimulatedOllama, http: Any) -> None:
    simulated.fail("/api/pull", kind, after=3)
    with pytest.raises(errors.StreamTruncated):
        [progress async for progress in adapter(simulated.url, http).library.pull("new:1b")]
    assert "new:1b" not in simulated.library.models


async def test_pull_ends_with_its_reader(http: Any) -> None:
    async with SimulatedOllama(Options(pull_seconds=30)) as slow:
        pulling = adapter(slow.url, http).library.pull("new:1b")
        await anext(pulling)
        await pulling.aclose()
        await until(lambda: slow.left == ["new:1b"])


async def test_model_that_takes_long_to_load(http: Any) -> None:
    async with SimulatedOllama(Options(load_seconds=30)) as slow:
        with pytest.raises(errors.FirstByteTimeout):
            await adapter(slow.url, http, first_byte_seconds=0.1).library.load("llava:7b")


@pytest.mark.parametrize("answered", [b"[]", b"4", b"{}", b'{"models": {}}'])
async def test_odd_answers(answered: bytes, http: Any) -> None:
    async with scripted(Reply(200, [answered])) as server:
        library = adapter(server.url, http).library
        for asking in (library.models, library.running):
            with pytest.raises(errors.Broken):
                await asking()


async def test_odd_descriptions(http: Any) -> None:
    odd = {"details": 4, "model_info": [], "capabilities": "vision", "license": ["x"], "template": None}
    async with scripted(Reply.json(odd), Reply(200, [b"[]"])) as server:
        library = adapter(server.url, http).library
        shown = await library.show("x")
        with pytest.raises(errors.Broken):
            await library.show("x")
    assert (shown.details, shown.capabilities, shown.context_length, shown.license) == ({}, (), None, None)


async def test_all_at_once(simulated: SimulatedOllama, http: Any) -> None:
    library = adapter(simulated.url, http).library
    models, running, shown = await asyncio.gather(library.models(), library.running(), library.show("llava:7b"))
    assert (len(models), running, shown.parameter_count) == (3, [], 1_000_000)
