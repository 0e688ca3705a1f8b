"""Several API keys of one profile: kept like its own, shown as masks, never for another server."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, text, update

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.db.profile import Profile, ProfileKey
from tests.features.foreign import database, insert_foreign
from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")

URL = "https://127.0.0.1:9/v1"
OWN = "sk-own-own-own-own-own-own-0001"
FIRST = "sk-first-first-first-first-1111"
SECOND = "sk-second-second-second-second-2222"
MASK = "sk-…1111"


@pytest.fixture
def api(emptied_api: Application) -> Application:
    return emptied_api


async def make(api: Application, **fields: Any) -> str:
    body = {"name": "P", "provider": "openai", "url": URL, "api_key": OWN, **fields}
    return f"/profiles/{(await api.json('POST', '/profiles', 201, json=body))['id']}"


async def add(api: Application, path: str, key: str = FIRST, **fields: Any) -> Any:
    return await api.json("POST", f"{path}/keys", 201, json={"name": "One more", "api_key": key, **fields})


async def masks(api: Application, path: str) -> list[str]:
    return [row["api_key"] for row in await api.json("GET", f"{path}/keys")]


async def test_a_pool_begins_with_the_profiles_own_key_and_ends_without_it(api: Application) -> None:
    path = await make(api)
    assert await api.json("GET", f"{path}/keys") == []
    made = await add(api, path)
    assert {name: made[name] for name in ("name", "api_key", "is_own", "enabled", "request_count", "error_count")} == {
        "name": "One more",
        "api_key": MASK,
        "is_own": False,
        "enabled": True,
        "request_count": 0,
        "error_count": 0,
    }
    own, other = await api.json("GET", f"{path}/keys")
    assert (own["is_own"], own["api_key"], other) == (True, "sk-…0001", made)
    await api.json("DELETE", f"{path}/keys/{made['id']}")
    assert await api.json("GET", f"{path}/keys") == []
    assert (await api.json("GET", path))["has_api_key"] is True


async def test_the_own_key_comes_and_goes_with_the_profiles(api: Application) -> None:
    path = await make(api, api_key=None)
    await add(api, path)
    assert await masks(api, path) == [MASK]
    await api.json("PATCH", path, json={"api_key": OWN})
    assert await masks(api, path) == ["sk-…0001", MASK]
    own = (await api.json("GET", f"{path}/keys"))[0]
    await api.json("PATCH", f"{path}/keys/{own['id']}", json={"enabled": False})
    await api.json("PATCH", path, json={"name": "Renamed"})
    assert (await api.json("GET", f"{path}/keys"))[0]["enabled"] is False
    await api.json("PATCH", path, json={"api_key": SECOND})
    again = (await api.json("GET", f"{path}/keys"))[0]
    assert (again["id"], again["enabled"], again["api_key"]) == (own["id"], True, "sk-…2222")
    for method, body in (("DELETE", None), ("PATCH", {"api_key": FIRST + "x"})):
        answer = await api.json(method, f"{path}/keys/{own['id']}", 409, json=body)
        assert answer["code"] == "PROFILE_KEY_OWN"
    await api.json("PATCH", path, json={"api_key": None})
    assert await masks(api, path) == [MASK]


async def test_a_key_is_changed_and_what_was_read_can_be_sent_back(api: Application) -> None:
    path = await make(api)
    made = await add(api, path)
    place = f"{path}/keys/{made['id']}"
    for body in (made, {}, {"api_key": ""}, {"api_key": MASK}, {"apiKey": MASK}):
        assert await api.json("PATCH", place, json=body) == made
    changed = await api.json("PATCH", place, json={"name": "New", "enabled": False})
    assert (changed["name"], changed["enabled"], changed["disabled_at"] is None) == ("New", False, False)
    async with database(api.settings) as session:
        soon = text("now() + interval '1 hour'")
        errors = {"rests_until": soon, "last_error_code": "PROVIDER_RATE_LIMITED", "error_count": 3}
        await session.execute(update(ProfileKey).where(ProfileKey.id == UUID(made["id"])).values(errors))
    resting = (await api.json("GET", f"{path}/keys"))[1]
    assert resting["rests_until"].endswith("Z")
    enabled = await api.json("PATCH", place, json={"enabled": True})
    assert (enabled["enabled"], enabled["disabled_at"], enabled["rests_until"]) == (True, None, None)
    assert enabled["error_count"] == 3
    await api.json("PATCH", place, json={"enabled": False})
    replaced = await api.json("PATCH", place, json={"api_key": SECOND})
    assert (replaced["api_key"], replaced["enabled"]) == ("sk-…2222", True)


async def test_keys_are_sealed_for_their_row_and_in_no_answer(api: Application) -> None:
    path = await make(api)
    first = await add(api, path)
    second = await add(api, path, SECOND)
    response = await api.http.get(f"/api{path}/keys")
    async with database(api.settings) as session:
        rows = {str(row.id): row for row in await session.scalars(select(ProfileKey))}
        sealed = rows[first["id"]].api_key or ""
        await session.execute(update(ProfileKey).where(ProfileKey.id == UUID(second["id"])).values(api_key=sealed))
        dump = str([vars(row) for row in rows.values()])
    for key in (OWN, FIRST, SECOND):
        assert key not in response.text
        assert key not in dump
    assert sealed.startswith("v2.")
    assert await masks(api, path) == ["sk-…0001", MASK, "sk-…"]


async def test_a_key_that_is_there_already_is_refused_without_telling_where(api: Application) -> None:
    path = await make(api)
    made = await add(api, path)
    other = await add(api, path, SECOND)
    answers = [await api.json("POST", f"{path}/keys", 409, json={"name": "x", "api_key": key}) for key in (OWN, FIRST)]
    answers.append(await api.json("PATCH", f"{path}/keys/{other['id']}", 409, json={"api_key": FIRST}))
    answers.append(await api.json("PATCH", path, 409, json={"api_key": FIRST}))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["code"] == "PROFILE_KEY_EXISTS"
    assert "One more" not in answers[0]["error"]
    await api.json("PATCH", f"{path}/keys/{made['id']}", json={"api_key": FIRST})
    await add(api, await make(api))


MOVES: list[dict[str, Any]] = [
    {"url": "https://127.0.0.1:10/v1"},
    {"url": None},
    {"provider": "claude"},
    {"provider": "comfyui"},
]


async def test_a_pool_never_follows_to_another_server(api: Application) -> None:
    for moved in MOVES:
        await move(api, moved)


async def move(api: Application, moved: dict[str, Any]) -> None:
    path = await make(api)
    made = await add(api, path)
    for key in ({"api_key": SECOND}, {"api_key": None}):
        answer = await api.json("PATCH", path, 422, json=moved | key)
        assert answer["code"] == "PROFILE_KEYS_BOUND"
    assert (await api.json("GET", path))["url"] == URL
    same = await api.json("PATCH", path, json={"url": "https://127.0.0.1:9/v2"})
    assert same["url"] == "https://127.0.0.1:9/v2"
    assert await masks(api, path) == ["sk-…0001", MASK]
    await api.json("DELETE", f"{path}/keys/{made['id']}")
    await api.json("PATCH", path, json=moved | {"api_key": SECOND})


async def test_what_is_no_key_is_refused(api: Application) -> None:
    path = await make(api)
    made = await add(api, path)
    place = f"{path}/keys/{made['id']}"
    bodies: list[Any] = [
        {},
        {"name": "x"},
        {"api_key": FIRST},
        {"name": "", "api_key": FIRST},
        {"name": "x" * 256, "api_key": FIRST},
        {"name": "x\u0000", "api_key": FIRST},
        {"name": "x", "api_key": ""},
        {"name": "x", "api_key": "with space"},
        {"name": "x", "api_key": MASK},
        {"name": "x", "api_key": None},
        {"name": "x", "api_key": "k" * 4001},
        {"name": "x", "api_key": "k\u0000"},
        {"name": "x", "api_key": 5},
        {"name": "x", "api_key": SECOND, "enabled": 1},
        {"name": "x", "api_key": SECOND, "url": "http://127.0.0.1"},
        {"name": "x", "api_key": SECOND, "profile": 1},
        [],
    ]
    for body in bodies:
        answer = await api.json("POST", f"{path}/keys", 422, json=body)
        assert FIRST not in str(answer), body
    for name, value in (("name", None), ("api_key", None), ("enabled", None), ("enabled", "no"), ("url", "x")):
        await api.json("PATCH", place, 422, json={name: value})
    comfyui = await make(api, provider="comfyui", url=api.simulator.url, api_key=None)
    answer = await api.json("POST", f"{comfyui}/keys", 422, json={"name": "x", "api_key": FIRST})
    assert answer["code"] == "PROFILE_KEYS_NOT_SUPPORTED"
    assert len(await api.json("GET", f"{path}/keys")) == 2


async def test_at_most_fifty_also_when_asked_at_once(api: Application) -> None:
    path = await make(api)
    await add(api, path)
    async with database(api.settings) as session:
        mine = {"workspace_id": DEFAULT_WORKSPACE_ID, "profile_id": UUID(path.rpartition("/")[2]), "api_key": "x"}
        session.add_all(ProfileKey(name="Key", **mine) for _ in range(46))
    body = {"name": "x", "api_key": ""}
    answers = await asyncio.gather(
        *(api.http.post(f"/api{path}/keys", json=body | {"api_key": f"sk-late-{number:020}"}) for number in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"TOO_MANY_PROFILE_KEYS"}
    assert len(await api.json("GET", f"{path}/keys")) == 51


async def test_unknown_and_foreign_keys_are_the_same_404(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    path = await make(api)
    mine = await add(api, path)
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        unknown = (uuid4(), foreign.pool_key_id)
        answers = [await api.json(method, f"{path}/keys/{key_id}", 404, json=body) for key_id in unknown]
        assert answers[0] == answers[1]
        assert answers[0]["code"] == "PROFILE_KEY_NOT_FOUND"
        for key_id in (mine["id"], foreign.pool_key_id):
            answer = await api.json(method, f"/profiles/{foreign.profile_id}/keys/{key_id}", 404, json=body)
            assert answer["code"] == "PROFILE_NOT_FOUND"
    await api.json("GET", f"/profiles/{foreign.profile_id}/keys", 404)
    await api.json("POST", f"/profiles/{uuid4()}/keys", 404, json={"name": "x", "api_key": FIRST})
    other = await make(api)
    await api.json("DELETE", f"{other}/keys/{mine['id']}", 404)


async def test_the_pool_goes_with_its_profile(api: Application) -> None:
    path = await make(api)
    await add(api, path)
    await api.json("DELETE", path)
    await api.json("GET", f"{path}/keys", 404)
    await api.json("POST", f"{path}/restore")
    assert await masks(api, path) == ["sk-…0001", MASK]
    async with database(api.settings) as session:
        await session.execute(delete(Profile))
        assert (await session.scalars(select(ProfileKey.id))).all() == []


async def test_what_happens_to_keys_is_told_without_them(api: Application) -> None:
    path = await make(api)
    made = await add(api, path)
    await api.json("PATCH", f"{path}/keys/{made['id']}", json={"api_key": SECOND})
    await api.json("DELETE", f"{path}/keys/{made['id']}")
    async with database(api.settings) as session:
        told = list(await session.execute(text("SELECT action, details->>'name' FROM audit_log ORDER BY id")))
        everything = str(list(await session.execute(text("SELECT * FROM audit_log"))))
    names = ["profile_key_added", "profile_key_changed", "profile_key_removed"]
    made_at = max(place for place, row in enumerate(told) if row[0] == "profile_created")
    assert [(row[0], row[1]) for row in told[made_at + 1 :]] == [(name, "One more") for name in names]
    assert not [key for key in (OWN, FIRST, SECOND) if key in everything]
