"""Who may read `/metrics` where people sign in: A41."""

from typing import Any

import httpx2
import pytest

from spoonfeeder.core.settings import SettingsError, load_settings
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOKEN = "a-token-for-prometheus-alone"


@pytest.fixture(scope="module")
def server_settings() -> dict[str, Any]:
    return {"metrics_token": TOKEN}


async def ask(server: ServerMode, path: str, *values: str) -> httpx2.Response:
    return await server.http.get(path, headers=[("Authorization", value) for value in values])


async def test_the_token_of_prometheus_reads_the_metrics_and_nothing_else(server: ServerMode) -> None:
    page = await ask(server, "/metrics", f"Bearer {TOKEN}")
    assert page.status_code == 200
    assert "spoonfeeder_database_up 1.0" in page.text
    for path in ("/api/stats", "/api/openapi.json", "/api/users"):
        assert (await ask(server, path, f"Bearer {TOKEN}")).status_code == 401, path


@pytest.mark.parametrize(
    "shown",
    [(), (f"Bearer {TOKEN}x",), (f"Basic {TOKEN}",), (TOKEN,), ("Bearer",), (f"Bearer {TOKEN}", f"Bearer {TOKEN}")],
)
async def test_anything_else_is_refused_without_a_word(server: ServerMode, shown: tuple[str, ...]) -> None:
    answer = await ask(server, "/metrics", *shown)
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
    assert "spoonfeeder_" not in answer.text


async def test_admins_read_it_too(server: ServerMode) -> None:
    assert (await server.admin.get("/metrics")).status_code == 200
    assert (await (await server.person("owner")).get("/metrics")).status_code == 403


async def test_a_token_that_could_be_guessed_does_not_start() -> None:
    with pytest.raises(SettingsError, match="METRICS_TOKEN") as refusal:
        load_settings(metrics_token="short")
    assert "short" not in str(refusal.value).replace("shorter", "")


@pytest.mark.parametrize("token", ["two words of a token", "tökens-of-16-letters", "a-line-and-another\n"])
async def test_a_token_that_no_header_can_carry_does_not_start(token: str) -> None:
    with pytest.raises(SettingsError, match="METRICS_TOKEN: must be of ASCII") as refusal:
        load_settings(metrics_token=token)
    assert token not in str(refusal.value)
