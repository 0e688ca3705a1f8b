"""A40, A41: what does not start, and what a server with logins shows to somebody who has none."""

import json
import re
import secrets
from pathlib import Path
from typing import Any

import pytest

from spoonfeeder import __version__
from spoonfeeder.app import create_app
from spoonfeeder.core.crypto import open_cipher
from spoonfeeder.core.settings import Settings, SettingsError
from tests.fixtures.server_mode import ServerMode

WELL_KNOWN = (
    "0" * 64,
    "f" * 64,
    "0123456789abcdef" * 4,
    bytes(range(32)).hex(),
    "deadbeef" * 8,
    b"changeme".hex() * 4,
    "your-32-byte-hex-key-here",
    "secret",
    "",
)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.com"])
def test_a40_an_open_door_without_logins_does_not_start(host: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, SPOONFEEDER_HOME=tmp_path, host=host, encryption_key=secrets.token_hex(32))
    with pytest.raises(SettingsError, match="AUTH=required"):
        create_app(settings)


@pytest.mark.parametrize("key", WELL_KNOWN[:-1])
@pytest.mark.parametrize("name", ["encryption_key", "encryption_keys"])
def test_a40_a_key_that_everybody_knows_does_not_start(name: str, key: str, tmp_path: Path) -> None:
    text = key if name == "encryption_key" else f"first:{key}"
    settings = Settings(_env_file=None, SPOONFEEDER_HOME=tmp_path, **{name: text})  # type: ignore[arg-type]
    with pytest.raises(SettingsError) as refusal:
        open_cipher(settings)
    assert key not in str(refusal.value)


def test_a40_no_key_of_the_examples_works(tmp_path: Path) -> None:
    """The compose file and the documents name no key that would start a server."""
    root = Path(__file__).parents[2]
    pages = [*root.glob("docs/*.md"), *root.glob("docs/examples/*")]
    texts = [
        path.read_text() for path in (root / "docker-compose.yml", root / "README.md", root / "Dockerfile", *pages)
    ]
    words = {word.strip("\"'`,:;=") for text in texts for word in text.replace("=", " ").replace(":", " ").split()}
    assert {word for word in words if len(word) == 64 and set(word) <= set("0123456789abcdef")} == set()


NOTHING_THERE = (
    "/docs",
    "/redoc",
    "/openapi.json",
    "/api/metrics",
    "/api/docs",
    "/api/config",
    "/debug",
    "/.env",
    "/.git/config",
    "/admin",
    "/static/",
    "/favicon.ico",
)
NEEDS_A_LOGIN = (
    "/api/openapi.json",
    "/api/stats",
    "/api/profiles",
    "/api/active",
    "/api/audit",
    "/api/api-log",
    "/metrics",
)
STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
SHOWN = {
    "/": {"success", "data"},
    "/api/health": {"success", "data"},
    "/api/health/live": {"success", "data"},
    "/api/auth/status": {"success", "data"},
}


async def surface(server: ServerMode) -> dict[str, Any]:
    paths = (*NOTHING_THERE, *NEEDS_A_LOGIN, *SHOWN, "/api/health/ready")
    answers = {path: await server.http.get(path) for path in paths}
    pages = {f"page {path}": path for path in ("/", "/setup", "/invite", "/profiles", "/.env")}
    answers |= {name: await server.http.get(path, headers={"Accept": "text/html"}) for name, path in pages.items()}
    answers["polling"] = await server.http.get("/socket.io/?EIO=4&transport=polling")
    answers["404"] = await server.http.get("/api/nothing-here")
    answers["405"] = await server.http.put("/api/health")
    answers["422"] = await server.http.post("/api/auth/login", json={"email": 1})
    answers["401"] = await server.http.post("/api/auth/login", json={"email": "a@example.com", "password": "x"})
    return answers


@pytest.mark.asyncio(loop_scope="module")
async def test_a41_the_surface_without_a_login_is_small_and_says_nothing(server: ServerMode) -> None:
    await server.acting_as(server.admin).profile()
    answers = await surface(server)

    assert {path: answers[path].status_code for path in NOTHING_THERE} == dict.fromkeys(NOTHING_THERE, 404)
    assert {path: answers[path].status_code for path in NEEDS_A_LOGIN} == dict.fromkeys(NEEDS_A_LOGIN, 401)
    health = answers["/api/health"].json()["data"]
    assert {name for name, value in health.items() if value is not None} == {"status", "timestamp"}
    assert answers["/"].json()["data"].get("version") is None
    assert answers["/api/auth/status"].json()["data"] == {"mode": "required", "setup_needed": False}
    names = await server.rows("SELECT current_database() AS database, version() AS postgres")
    telling = {
        __version__,
        names[0]["database"],
        names[0]["postgres"].split()[1],
        server.admin.email,
        server.simulator.url,
        str(server.settings.home),
        "uvicorn",
        "fastapi",
        "starlette",
        "python",
        "postgresql",
    }
    for path, answer in answers.items():
        # A time may hold the digits of a version.
        said = STAMP.sub("", answer.text) + json.dumps(dict(answer.headers))
        assert {word for word in telling if word.lower() in said.lower()} == set(), path


@pytest.mark.asyncio(loop_scope="module")
async def test_a41_who_is_signed_in_sees_the_whole_health_and_the_document(server: ServerMode) -> None:
    viewer = await server.person("viewer")
    assert (await viewer.get("/api/health")).json()["data"]["services"]["database"]["status"] == "up"
    assert "paths" in (await viewer.get("/api/openapi.json")).json()
    assert (await viewer.get("/")).json()["data"]["version"] == __version__


@pytest.mark.asyncio(loop_scope="module")
async def test_who_shows_no_credentials_sends_no_large_body(server: ServerMode) -> None:
    large = b'{"workflow_json": "' + b"x" * 300_000 + b'"}'
    for path in ("/api/comfyui/prompt", "/api/comfyui/uploads", "/api/chat"):
        answer = await server.http.post(path, content=large, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE"), path
    known = await server.admin.post("/api/comfyui/prompt", content=large, headers={"Content-Type": "application/json"})
    assert known.status_code == 422
