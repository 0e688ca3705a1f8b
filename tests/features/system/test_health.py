"""Health: in time whatever is away, and honest about it."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from pydantic import SecretStr

from spoonfeeder.app import create_app
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.vocabulary import GenerationStatus, TaskStatus
from spoonfeeder.durable.workers import beat, sign_off
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.features.system import probes
from spoonfeeder.runtime import open_runtime
from spoonfeeder.simulator.ollama import SimulatedOllama
from spoonfeeder.sockets import Sockets
from tests.chaos.stage import is_ok
from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application, serve_api
from tests.fixtures.workflows import workflow
from tests.serving import served
from tests.waiting import until_async

SERVICES = {"database", "redis", "worker", "storage", "ollama", "comfyui"}


def statuses(health: dict[str, Any]) -> dict[str, str]:
    return {name: service["status"] for name, service in health["services"].items()}


@pytest.fixture(autouse=True)
def patient_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is up may be slow to say so."""
    monkeypatch.setattr(probes, "PROBE_SECONDS", 15.0)


async def test_everything_that_runs_is_up(api: Application) -> None:
    await api.profile()
    async with open_runtime(api.settings) as worker:
        await beat(worker)
        health = await api.json("GET", "/health")
        assert health["services"].keys() == SERVICES
        assert statuses(health) == dict.fromkeys(SERVICES, "up") | {"ollama": "down"}
        assert health["status"] == "ok"
        assert health["timestamp"].endswith("Z")
        assert health["services"]["worker"]["message"] == "1 running"
        await sign_off(worker)
    health = await api.json("GET", "/health")
    assert (health["status"], statuses(health)["worker"]) == ("degraded", "down")
    assert await api.json("GET", "/health/live") == {"status": "ok"}
    assert await api.json("GET", "/health/ready") == {"status": "ready"}


async def test_a_comfyui_that_hangs_or_is_none_does_not_delay(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert statuses(await api.json("GET", "/health"))["comfyui"] == "off"
    await api.profile()
    api.simulator.faults.add("/prompt", "slow", seconds=120)
    with monkeypatch.context() as impatient:
        impatient.setattr(probes, "PROBE_SECONDS", 0.5)
        health = await api.json("GET", "/health")
    assert statuses(health)["comfyui"] == "down"
    await api.simulator.kill()
    health = await api.json("GET", "/health")
    assert "cannot be reached" in health["services"]["comfyui"]["message"]


async def test_the_ollama_of_a_profile_is_asked_instead_of_the_usual_one(api: Application) -> None:
    async with SimulatedOllama() as ollama:
        assert statuses(await api.json("GET", "/health"))["ollama"] == "down"
        await api.json("POST", "/profiles", 201, json={"name": "Words", "provider": "ollama", "url": ollama.url})
        service = (await api.json("GET", "/health"))["services"]["ollama"]
        assert (service["status"], service["message"]) == ("up", f"Ollama {ollama.options.version} answers.")
    gone = (await api.json("GET", "/health"))["services"]["ollama"]
    assert (gone["status"], ollama.url in gone["message"]) == ("down", True)


async def test_without_redis_from_the_start_it_is_degraded_and_ready(settings: Settings) -> None:
    away = settings.model_copy(update={"redis_url": SecretStr("unix:///nonexistent/redis.sock")})
    async with serve_api(away) as url, httpx2.AsyncClient(base_url=url, timeout=20) as http:
        health = (await http.get("/api/health")).json()["data"]
        await until_async(partial(is_ok, http, "/api/health/ready"))
    assert (health["status"], statuses(health)["redis"]) == ("degraded", "down")


async def test_without_its_database_it_still_says_so_in_time(api: Application, postgres: EmbeddedPostgres) -> None:
    name = urlsplit(api.settings.postgres_url() or "").path.strip("/")
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    health = await api.json("GET", "/health")
    assert (health["status"], statuses(health)["database"], statuses(health)["redis"]) == ("down", "down", "up")
    assert "test_" not in str(health)
    assert (await api.json("GET", "/health/ready", 503))["code"] == "NOT_READY"
    assert await api.json("GET", "/health/live") == {"status": "ok"}


async def test_stats_count_what_the_workspace_has(api: Application) -> None:
    await insert_foreign(api.settings)
    empty = await api.json("GET", "/stats")
    counts = {name: empty[name] for name in ("sessions", "workflows", "profiles", "media_files", "storage_bytes")}
    assert set(counts.values()) == {0}
    assert set(empty["generations"].values()) == set(empty["tasks"].values()) == {0}
    assert empty["generations"].keys() == set(GenerationStatus)
    assert empty["tasks"].keys() == set(TaskStatus)
    session_id = await api.session(workflow("txt2img_sd15"))
    await api.generate(session_id)
    doomed = await api.generate(session_id)
    await api.json("POST", f"/comfyui/generations/{doomed['id']}/cancel")
    stats = await api.json("GET", "/stats")
    assert stats["generations"] == dict.fromkeys(empty["generations"], 0) | {"pending": 1, "cancelled": 1}
    assert (stats["sessions"], stats["workflows"], stats["profiles"]) == (1, 1, 1)


async def test_a_process_that_hears_no_events_is_not_ready(settings: Settings) -> None:
    sockets = Sockets()
    async with served(create_app(settings, sockets)) as url, httpx2.AsyncClient(base_url=url, timeout=20) as http:
        await sockets.wait_until_listening()
        assert (await http.get("/api/health/ready")).status_code == 200
        await sockets.close()
        deaf = await http.get("/api/health/ready")
    assert (deaf.status_code, deaf.json()["code"]) == (503, "NOT_READY")
    assert [detail["loc"] for detail in deaf.json()["details"]] == ["sockets"]
