"""Machines beside a profile's own address: added, changed, removed; the own one follows its profile."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from spoonfeeder.core.crypto import binding, open_cipher
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation
from tests.features.foreign import database, insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.machines import own_machine
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/comfyui/backends"
KEY = "canary-of-a-machine-of-more-than-twenty-4321"
OTHER = "another-canary-of-a-machine-beside-it-9876"
AWAY = "http://127.0.0.1:9"


@pytest.fixture
def api(emptied_api: Application) -> Application:
    return emptied_api


async def make(api: Application, **fields: Any) -> Any:
    body = {"profile_id": await api.profile(), "name": "Second", "url": AWAY, **fields}
    return await api.json("POST", PATH, 201, json=body)


async def names(api: Application, query: str = "") -> list[tuple[str, bool]]:
    return [(row["name"], row["is_own"]) for row in await api.json("GET", PATH + query)]


async def test_a_profile_has_its_own_address_and_more(api: Application) -> None:
    own = await (await own_machine(api)).row()
    unknown = dict.fromkeys(("message", "checked_at", "down_since", "comfyui_version", "device", "queue", "slots"))
    assert own.items() >= (unknown | {"name": "Test", "url": api.simulator.url, "is_own": True}).items()
    assert own.items() >= {"status": "unknown", "ours": 0, "enabled": True, "draining": False}.items()
    assert (own["effective_slots"], own["has_api_key"]) == (api.settings.comfyui_slots, False)
    made = await make(api, url=f"{AWAY}/", slots=5)
    assert made.items() >= {"url": AWAY, "slots": 5, "effective_slots": 5, "is_own": False}.items()
    other = {"name": "Zeroth", "provider": "comfyui", "url": AWAY, "position": 0}
    other_id = (await api.json("POST", "/profiles", 201, json=other))["id"]
    assert await names(api) == [("Zeroth", True), ("Test", True), ("Second", False)]
    assert await names(api, f"?profile_id={other_id}") == [("Zeroth", True)]
    assert len(await names(api, "?limit=2")) == 2

    path = f"{PATH}/{made['id']}"
    changed = await api.json("PATCH", path, json={"name": "2nd", "slots": None, "draining": True, "enabled": False})
    assert changed == made | {"name": "2nd", "slots": None, "effective_slots": 2, "draining": True, "enabled": False}
    assert await api.json("PATCH", path, json=changed) == changed
    await api.json("DELETE", path)
    assert await names(api, f"?profile_id={await api.profile()}") == [("Test", True)]
    assert (await api.json("GET", path, 404))["code"] == "BACKEND_NOT_FOUND"


async def test_the_same_request_makes_one_machine(api: Application) -> None:
    body = {"profile_id": await api.profile(), "name": "Once", "url": AWAY}
    headers = {"Idempotency-Key": str(uuid4())}
    first, again = [await api.json("POST", PATH, 201, json=body, headers=headers) for _ in range(2)]
    assert first["id"] == again["id"]
    assert len(await names(api)) == 2


async def test_the_own_machine_is_changed_in_its_profile(api: Application) -> None:
    own = await own_machine(api)
    sent_back = await own.row()
    assert await own.change(**{**sent_back, "slots": 7, "name": "Cellar", "draining": True}) == sent_back | {
        "slots": 7,
        "effective_slots": 7,
        "name": "Cellar",
        "draining": True,
    }
    for fields in ({"url": AWAY}, {"api_key": KEY}, {"api_key": "sk-…"}):
        answer = await api.json("PATCH", f"{PATH}/{own.id}", 422, json=fields)
        assert (answer["code"], "in the profile" in answer["error"]) == ("BACKEND_OWN", True)
    assert (await api.json("DELETE", f"{PATH}/{own.id}", 409))["code"] == "BACKEND_OWN"


async def test_what_cannot_be_added(api: Application) -> None:
    profile_id = await api.profile()
    text = (await api.json("POST", "/profiles", 201, json={"name": "O", "provider": "openai"}))["id"]
    for fields, status, code in (
        ({"profile_id": str(uuid4())}, 404, "PROFILE_NOT_FOUND"),
        ({"profile_id": text}, 422, "COMFYUI_PROFILE_REQUIRED"),
        ({"url": ""}, 422, "VALIDATION_ERROR"),
        ({"url": " "}, 422, "VALIDATION_ERROR"),
        ({"url": f"{AWAY}?x=1"}, 422, "VALIDATION_ERROR"),
        ({"url": f"ws{AWAY[4:]}"}, 422, "VALIDATION_ERROR"),
        ({"url": "http://me:secret@127.0.0.1:9"}, 422, "TARGET_NOT_ALLOWED"),
        ({"api_key": "sk-…4321"}, 422, "VALIDATION_ERROR"),
        ({"slots": 0}, 422, "VALIDATION_ERROR"),
        ({"slots": 65}, 422, "VALIDATION_ERROR"),
        ({"name": " "}, 422, "VALIDATION_ERROR"),
        ({"url": f"{api.simulator.url}/"}, 409, "BACKEND_EXISTS"),
    ):
        body = {"profile_id": profile_id, "name": "X", "url": AWAY, **fields}
        assert (await api.json("POST", PATH, status, json=body))["code"] == code, fields
    first, second = await make(api), await make(api, url="http://127.0.0.1:10")
    await api.json("PATCH", f"{PATH}/{second['id']}", 409, json={"url": first["url"]})
    for number in range(29):
        await make(api, url=f"http://127.0.0.1:{100 + number}")
    body = {"profile_id": profile_id, "name": "X", "url": "http://127.0.0.1:8"}
    assert (await api.json("POST", PATH, 409, json=body))["code"] == "TOO_MANY_BACKENDS"


async def test_a_key_is_sealed_for_its_machine_and_its_server(api: Application) -> None:
    made = await make(api, api_key=KEY)
    path = f"{PATH}/{made['id']}"
    assert (made["has_api_key"], made["api_key"]) == (True, "sk-…4321")
    async with database(api.settings) as session:
        row = (await session.scalars(select(ComfyBackend).where(ComfyBackend.id == UUID(made["id"])))).one()
    place = binding("comfyui_backends", "api_key", row.id, row.workspace_id, AWAY)
    assert open_cipher(api.settings).decrypt(row.api_key or "", place) == KEY
    for shown in (f"/api{PATH}", f"/api{path}"):
        assert KEY not in (await api.http.get(shown)).text
    for body in ({"api_key": ""}, {"api_key": "sk-…4321"}, {"url": f"{AWAY}/deeper"}):
        assert (await api.json("PATCH", path, json=body))["api_key"] == "sk-…4321"
    for kept in ({}, {"api_key": ""}, {"api_key": "sk-…4321"}):
        moved = {"url": "http://127.0.0.1:10", **kept}
        assert (await api.json("PATCH", path, 422, json=moved))["code"] == "API_KEY_REQUIRED"
    assert (await api.json("GET", path))["url"] == f"{AWAY}/deeper"
    moved = {"url": "http://127.0.0.1:10", "api_key": OTHER}
    assert (await api.json("PATCH", path, json=moved))["api_key"] == "sk-…9876"
    assert (await api.json("PATCH", path, json={"api_key": None}))["has_api_key"] is False
    entries = await api.json("GET", "/audit")
    told = [entry for entry in entries if entry["subject_id"] == made["id"]]
    assert [entry["action"] for entry in told][::-1] == [
        "backend_created",
        "backend_url_changed",
        "backend_url_changed",
        "backend_key_changed",
        "backend_key_changed",
    ]
    assert KEY not in str(entries)
    assert told[1]["details"] == {"removed": False}


async def test_the_own_machine_shows_the_mask_of_the_profiles_key(api: Application) -> None:
    own = await own_machine(api)
    await api.json("PATCH", f"/profiles/{await api.profile()}", json={"api_key": KEY})
    assert (await own.row())["api_key"] == "sk-…4321"
    assert (await own.change(api_key="sk-…4321"))["api_key"] == "sk-…4321"


async def test_the_own_machine_follows_its_profile(api: Application) -> None:
    own = await own_machine(api)
    assert (await own.check())["status"] == "up"
    second = await make(api)
    await own.change(slots=3)
    path = f"/profiles/{await api.profile()}"
    await api.json("PATCH", path, json={"url": AWAY})
    [only] = await api.json("GET", PATH)
    assert (only["id"], only["url"], only["slots"]) == (own.id, AWAY, 3)
    assert (only["status"], only["comfyui_version"], only["queue"]) == ("unknown", None, None)
    await api.json("GET", f"{PATH}/{second['id']}", 404)

    third = await make(api, url="http://127.0.0.1:10")
    await api.json("DELETE", path)
    assert await names(api) == []
    for method in ("GET", "PATCH", "DELETE"):
        await api.json(method, f"{PATH}/{third['id']}", 404, **({"json": {"slots": 1}} if method == "PATCH" else {}))
    await api.json("POST", f"{path}/restore")
    assert await names(api) == [("Test", True), ("Second", False)]
    await api.json("PATCH", path, json={"provider": "openai", "url": "https://api.openai.com/v1"})
    assert await names(api) == []


async def test_what_was_to_run_on_a_removed_machine_runs_anywhere(api: Application) -> None:
    made, session_id = await make(api), await api.session()
    waiting = await api.generate(session_id, workflow_json=workflow("txt2img_sd15"))
    wish = update(Generation).where(Generation.id == UUID(waiting["id"]))
    async with database(api.settings) as session:
        await session.execute(wish.values(wanted_backend_id=UUID(made["id"])))
    await api.json("DELETE", f"{PATH}/{made['id']}")
    async with database(api.settings) as session:
        assert await session.scalar(select(Generation.wanted_backend_id)) is None


async def test_machines_of_another_workspace_are_not_there(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    their_id = foreign.backend_id
    assert await names(api) == []
    await api.json("GET", f"{PATH}?profile_id={foreign.profile_id}", 404)
    for method, path, body in (
        ("GET", f"/{their_id}", None),
        ("PATCH", f"/{their_id}", {"name": "Mine"}),
        ("DELETE", f"/{their_id}", None),
        ("POST", f"/{their_id}/check", None),
        ("POST", "", {"profile_id": str(foreign.profile_id), "name": "X", "url": AWAY}),
    ):
        await api.json(method, PATH + path, 404, **({} if body is None else {"json": body}))
