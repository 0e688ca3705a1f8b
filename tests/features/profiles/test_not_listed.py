"""Where people sign in: addresses in one's own network that PRIVATE_TARGETS does not name, and what is told of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.features.system import probes
from tests.fixtures.application import Application
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "127.0.0.1:9"


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[object]]]:
    """Somebody who answers at the yielded place, and who has come."""
    came: list[object] = []

    def meet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer)
        writer.close()

    async with await asyncio.start_server(meet, "127.0.0.1", 0) as there:
        yield f"127.0.0.1:{there.sockets[0].getsockname()[1]}", came


async def saved_in_local_mode(server: ServerMode, owner: Application, provider: str, url: str) -> str:
    body = {"name": url, "provider": provider, "url": server.simulator.url}
    made = await owner.json("POST", "/profiles", 201, json=body)
    for change in (
        "UPDATE profiles SET url = :url WHERE id = CAST(:id AS uuid)",
        "UPDATE comfyui_backends SET url = :url WHERE profile_id = CAST(:id AS uuid)",
    ):
        await server.rows(change, url=url, id=made["id"])
    return str(made["id"])


@pytest.mark.parametrize("path", ["/profiles", "/profiles/test-connection"])
async def test_what_cannot_be_saved_says_what_to_list_and_not_who_is_there(server: ServerMode, path: str) -> None:
    admin = server.acting_as(server.admin)
    async with listening() as (somebody, came):
        told = [
            await admin.json("POST", path, 422, json={"name": "x", "provider": "ollama", "url": f"http://{place}"})
            for place in (somebody, NOBODY)
        ]
    assert {each["code"] for each in told} == {"TARGET_NOT_ALLOWED"}
    assert f"PRIVATE_TARGETS: {NOBODY}." in told[1]["error"]
    assert told[0]["error"].replace(somebody, NOBODY) == told[1]["error"]
    assert came == []


@pytest.mark.parametrize("provider", Provider)
async def test_a_test_of_what_was_saved_says_the_same(server: ServerMode, provider: Provider) -> None:
    admin = server.acting_as(server.admin)
    if provider != Provider.COMFYUI:
        await server.runtime.adapters.load(provider)  # an import that may take longer than a test of a connection
    async with listening() as (somebody, came):
        told = []
        for place in (somebody, NOBODY):
            profile_id = await saved_in_local_mode(server, admin, provider, f"http://{place}")
            told.append(await admin.json("POST", f"/profiles/{profile_id}/test"))
    assert {(each["ok"], each["code"]) for each in told} == {(False, "TARGET_NOT_ALLOWED")}
    assert f"PRIVATE_TARGETS: {NOBODY}." in told[1]["message"]
    assert told[0]["message"].replace(somebody, NOBODY) == told[1]["message"]
    assert came == []


async def test_machines_and_health_say_it_too(server: ServerMode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "PROBE_SECONDS", 15.0)
    owner = server.acting_as(await server.stranger())
    for provider in ("comfyui", "ollama"):
        await saved_in_local_mode(server, owner, provider, f"http://{NOBODY}")
    [machine] = await owner.json("GET", "/comfyui/backends")
    asked = await owner.json("POST", f"/comfyui/backends/{machine['id']}/check")
    services = (await owner.json("GET", "/health"))["services"]
    for said in (asked, services["comfyui"], services["ollama"]):
        assert said["status"] == "down"
        assert f"PRIVATE_TARGETS: {NOBODY}." in said["message"]
