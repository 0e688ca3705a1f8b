"""`/metrics` as Prometheus reads it, and what stands in docs/operation."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from spoonfeeder.core.metrics import Metrics, Told
from spoonfeeder.core.settings import Settings
from spoonfeeder.durable import workers
from spoonfeeder.features.system import facts
from spoonfeeder.features.system.heard import Heard
from spoonfeeder.features.system.metrics import Metering
from spoonfeeder.runtime import open_runtime
from spoonfeeder.simulator.ollama import SimulatedOllama
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow
from tests.waiting import until_async

OPERATION = Path(__file__).parents[3] / "docs" / "operation"
NAME = re.compile(r"\b(?:spoonfeeder|process)_[a-z_]+\b")
SAID = "a lighthouse nobody may hear of"

Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]


def numbers_of(page: str) -> Numbers:
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}


def number(page: str, name: str, **labels: str) -> float | None:
    return numbers_of(page).get((name, frozenset(labels.items())))


async def scrape(api: Application) -> str:
    answer = await api.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return answer.text


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "BEAT_SECONDS", 1.0)
    monkeypatch.setattr(facts, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(facts, "READ_SECONDS", 20.0)


@pytest.fixture
async def ollama() -> AsyncIterator[SimulatedOllama]:
    async with SimulatedOllama() as running:
        yield running


async def chat(api: Application, ollama: SimulatedOllama) -> None:
    body = {"name": "Words", "provider": "ollama", "url": ollama.url}
    profile_id = (await api.json("POST", "/profiles", 201, json=body))["id"]
    asked = {"profile_id": profile_id, "model": "llama3.2:latest", "messages": [{"role": "user", "content": SAID}]}
    await api.json("POST", "/chat", json=asked)


async def test_one_scrape_tells_what_an_operator_needs(application: Application, ollama: SimulatedOllama) -> None:
    api = application
    before = await scrape(api)
    for_people = await api.http.get("/metrics", headers={"Accept": "text/html,*/*;q=0.1"})
    assert for_people.headers["content-type"].startswith("text/plain"), "the page leaves this address alone"
    generated = await api.generate(await api.session(workflow("txt2img_sd15")), prompt_text=SAID)
    await api.ended(generated["id"])
    await chat(api, ollama)
    await api.http.get(f"/api/comfyui/generations/{generated['id']}?signature=swordfish")
    await api.http.get("/wp-login.php")
    await api.http.request("PROPFIND", "/api/profiles")
    done = {"line": "generations", "outcome": "completed", "process": "worker"}
    pages = [before]

    async def has_heard() -> bool:
        pages.append(await scrape(api))
        return number(pages[-1], "spoonfeeder_work_ended_total", **done) == 1

    await until_async(has_heard)
    page = pages[-1]

    assert number(before, "spoonfeeder_work_ended_total", **done | {"process": "api"}) == 0
    assert number(page, "spoonfeeder_work_duration_seconds_count", **done) == 1
    called = {"provider": "ollama", "outcome": "complete", "process": "api"}
    assert number(page, "spoonfeeder_provider_call_duration_seconds_count", **called) == 1
    assert (number(page, "spoonfeeder_provider_tokens_total", provider="ollama", kind="output", process="api") or 0) > 0
    for method, route, status in (
        ("GET", "/api/comfyui/generations/{generation_id}", "2xx"),
        ("GET", "(none)", "4xx"),
        ("OTHER", "(none)", "4xx"),
    ):
        labels = {"method": method, "route": route, "status": status, "process": "api"}
        assert (number(page, "spoonfeeder_http_request_duration_seconds_count", **labels) or 0) >= 1, labels
    assert number(page, "spoonfeeder_http_requests_in_flight", process="api") == 1
    for name in ("spoonfeeder_workers", "spoonfeeder_database_up", "spoonfeeder_redis_up"):
        assert number(page, name) == 1, name
    assert number(page, "spoonfeeder_bus_listening", process="api") == 1
    assert number(page, "spoonfeeder_comfyui_machines", status="up") == 1
    assert number(page, "spoonfeeder_work_rows", line="generations", status="pending") == 0
    for name in ("spoonfeeder_storage_free_bytes", "process_resident_memory_bytes", "process_open_fds"):
        assert (number(page, name) or 0) > 0, name
    for name in ("resident_memory_bytes", "cpu_seconds_total", "open_fds"):
        assert f"spoonfeeder_workers_{name} " in page

    private = (SAID, SAID.split()[1], generated["id"], "wp-login", "swordfish", "PROPFIND", "Words", ollama.url)
    assert [word for word in private if word in page] == []


async def test_the_queue_is_told_by_line_state_and_age(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    for _ in range(2):
        await api.generate(session_id)
    doomed = await api.generate(session_id)
    await api.json("POST", f"/comfyui/generations/{doomed['id']}/cancel")
    page = await scrape(api)

    assert number(page, "spoonfeeder_work_rows", line="generations", status="pending") == 2
    assert 0 < (number(page, "spoonfeeder_work_oldest_seconds", line="generations") or 0) < 60
    assert number(page, "spoonfeeder_work_oldest_seconds", line="tasks") == 0
    assert number(page, "spoonfeeder_work_ended_total", line="generations", outcome="cancelled", process="api") == 1
    assert number(page, "spoonfeeder_workers") == 0


def files_for_operators() -> list[tuple[str, Any]]:
    return [
        ("page", (OPERATION / "metrics.md").read_text()),
        ("dashboard", json.loads((OPERATION / "grafana-dashboard.json").read_text())),
        ("alerts", yaml.safe_load((OPERATION / "alerts.yml").read_text())),
    ]


async def test_dashboard_and_alerts_name_nothing_that_is_not_there(api: Application) -> None:
    async with open_runtime(api.settings) as runtime:
        await workers.beat(runtime)
        page = await scrape(api)
    known, undocumented = set(), []
    for family in text_string_to_metric_families(page):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if not name.startswith("process_") and f"`{name}`" not in files_for_operators()[0][1]:
            undocumented.append(name)
        suffixes = {"counter": ["_total"], "histogram": ["", "_bucket", "_count", "_sum"]}.get(family.type, [""])
        known |= {f"{family.name}{suffix}" for suffix in suffixes}
    for name, content in files_for_operators():
        named = set(NAME.findall(json.dumps(content)))
        assert len(named) > 8, name
        assert named - known == set(), name
    assert undocumented == []


async def test_while_the_database_is_away_the_process_still_tells_of_itself(settings: Settings, tmp_path: Path) -> None:
    settings.database_url = type(settings.database_url)("postgresql://nobody@127.0.0.1:9/nothing")  # type: ignore[misc]
    async with open_runtime(settings) as runtime:
        text, _ = await Metering(runtime).page("")
    assert number(text.decode(), "spoonfeeder_database_up") == 0
    assert number(text.decode(), "spoonfeeder_workers") is None
    assert number(text.decode(), "spoonfeeder_database_connections_max", process="api") == settings.database_pool_size


def told(ended: int, memory: int = 1) -> Told:
    return [("spoonfeeder_work_ended_total", {"line": "tasks"}, ended), ("process_resident_memory_bytes", {}, memory)]


def test_what_workers_counted_never_falls_and_begins_at_nothing() -> None:
    heard, family = Heard(), next(one for one in Metrics().registry.collect() if one.name == "spoonfeeder_work_ended")

    def counted() -> float:
        return sum(sample.value for sample in heard.samples_of(family))

    heard.hear({"a": told(100)})
    assert counted() == 0, "what was counted before this process is no increase"
    heard.hear({"a": told(103), "b": told(5)})
    assert counted() == 8
    heard.hear({"b": told(6)})
    assert counted() == 9, "the dead keep what they did"
    heard.hear({"a": told(104), "b": told(6), "older": []})
    assert counted() == 10, "it was only away"
    assert {name: value for name, value, _ in heard.of_processes()} == {"spoonfeeder_workers_resident_memory_bytes": 2}
