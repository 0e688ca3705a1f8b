"""The structure of docker-compose.yml, Dockerfile and .env.example, as API.md and R42 demand it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from spoonfeeder.core.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
OURS = ("migrate", "api", "worker")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_only_the_api_is_published_and_only_to_this_machine(compose: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}

    assert published == {"api": ["127.0.0.1:${PORT:-3001}:3001"]}


def test_the_servers_are_the_supported_ones_on_a_network_of_their_own(compose: dict[str, Any]) -> None:
    services = compose["services"]

    assert services["postgres"]["image"] == "postgres:16"
    assert services["redis"]["image"] == "redis:7"
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["inside"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert all("healthcheck" in services[name] for name in ("postgres", "redis"))


def test_secrets_are_required_and_never_written_down(compose: dict[str, Any]) -> None:
    environments = [compose["services"][name]["environment"] for name in OURS]

    assert compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${DB_PASSWORD:?")
    for environment in environments:
        assert environment["DB_PASSWORD"].startswith("${DB_PASSWORD:?")
        assert environment["ENCRYPTION_KEY"].startswith("${ENCRYPTION_KEY:?")
        assert "${REDIS_PASSWORD:?" in environment["REDIS_URL"]
    example = (ROOT / ".env.example").read_text()
    for name in ("DB_PASSWORD", "REDIS_PASSWORD", "ENCRYPTION_KEY"):
        assert re.search(rf"^{name}=$", example, re.MULTILINE)


def test_api_and_worker_wait_for_one_migration(compose: dict[str, Any]) -> None:
    services = compose["services"]

    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services["migrate"]["restart"] == "no"
    for name in ("api", "worker"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_its_environment_makes_valid_settings(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    filled = {"DB_PASSWORD": "p@ss/word", "REDIS_PASSWORD": "a1b2", "ENCRYPTION_KEY": "00" * 31 + "ff"}
    for name, value in compose["services"]["api"]["environment"].items():
        monkeypatch.setenv(name, filled_in(value, filled))
    monkeypatch.setenv("HOST", "0.0.0.0")

    settings = load_settings()

    settings.require_safe_bind()
    assert settings.postgres_url() == "postgresql+asyncpg://spoonfeeder:p%40ss%2Fword@postgres:5432/spoonfeeder"
    assert settings.redis_address() == "redis://spoonfeeder:a1b2@redis:6379/0"


def test_every_name_in_the_example_is_a_setting() -> None:
    text = (ROOT / ".env.example").read_text()
    names = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", text, re.MULTILINE))
    known = {name.upper() for name in Settings.model_fields} - {"HOME"} | {"SPOONFEEDER_HOME", "REDIS_PASSWORD"}

    assert names <= known
    assert len(names) > 15


def test_the_image_runs_as_a_user_and_installs_by_hash() -> None:
    page, build, image = stages_of_the_image()

    assert page.startswith("node:22-slim AS page")
    assert build.startswith("python:3.12-slim AS build")
    assert image.startswith("python:3.12-slim\n")
    assert "ARG LOCK=requirements.lock\n" in build
    assert "--require-hashes -r ${LOCK}\n" in build
    assert re.search(r"^USER spoonfeeder$", image, re.MULTILINE)
    assert "HEALTHCHECK" in image


def test_the_image_has_the_page_built_from_its_lock() -> None:
    page, build, image = stages_of_the_image()

    assert page.index("RUN npm ci") < page.index("COPY frontend ./") < page.index("RUN npm run build")
    assert build.index("COPY src ") < build.index("COPY --from=page ") < build.index("--no-deps")
    assert "node" not in image
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {"*", "!frontend", "**/node_modules", "src/spoonfeeder/web/dist"} <= set(ignored)


def stages_of_the_image() -> list[str]:
    return re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)[1:]


def filled_in(value: str, values: Mapping[str, str]) -> str:
    """As docker compose reads `${NAME:-default}` and `${NAME:?why it must be set}`."""

    def replace(found: re.Match[str]) -> str:
        name, default = re.fullmatch(r"(\w+):[-?](.*)", found[1]).groups()  # type: ignore[union-attr]
        return values.get(name, default)

    return re.sub(r"\$\{([^}]*)\}", replace, value)
