"""Profiles: what is sent is what is read, and nothing else gets in."""

from uuid import uuid4

import pytest

from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMPLETE = {
    "name": "Studio",
    "provider": "openai",
    "type": "text",
    "description": "für alles\nMögliche",
    "url": "https://127.0.0.1:9/v1",
    "options": {"temperature": 0.7, "max_tokens": 4096, "stop": ["a"], "nested": {"deep": None}},
    "prompt_template": "You are {{name}}.",
    "input_modalities": ["text", "image"],
    "output_modalities": ["text"],
}


@pytest.fixture
def api(emptied_api: Application) -> Application:
    return emptied_api


async def test_a_profile_is_read_back_as_it_was_sent(api: Application) -> None:
    made = await api.json("POST", "/profiles", 201, json=COMPLETE)
    read = await api.json("GET", f"/profiles/{made['id']}")
    assert read == made
    assert {name: read[name] for name in COMPLETE} == COMPLETE
    assert (read["has_api_key"], read["api_key"]) == (False, None)
    assert read["created_at"].endswith("Z")
    assert await api.json("GET", "/profiles") == [read]


async def test_an_update_is_partial_and_what_was_read_can_be_sent_back(api: Application) -> None:
    for method in ("PUT", "PATCH"):
        made = await api.json("POST", "/profiles", 201, json=COMPLETE)
        path = f"/profiles/{made['id']}"
        changed = await api.json(method, path, json={"name": "New", "options": {"top_p": 1}, "description": None})
        expected = made | {"name": "New", "options": {"top_p": 1}, "description": None}
        assert changed == expected | {"updated_at": changed["updated_at"]}
        assert changed["updated_at"] > made["updated_at"]
        again = await api.json(method, path, json=changed)
        assert again | {"updated_at": None} == changed | {"updated_at": None}
        assert (await api.json(method, path, json={}))["name"] == "New"


async def test_camel_case_bodies_are_understood_and_options_stay_untouched(api: Application) -> None:
    body = {
        "name": "C",
        "provider": "gemini",
        "promptTemplate": "p",
        "inputModalities": ["audio"],
        "options": {"topP": 1},
    }
    made = await api.json("POST", "/profiles", 201, json=body)
    assert made["prompt_template"] == "p"
    assert made["input_modalities"] == ["audio"]
    assert made["options"] == {"topP": 1}


async def test_a_comfyui_profile_has_a_url_and_draws(api: Application) -> None:
    made = await api.json("POST", "/profiles", 201, json={"name": "C", "provider": "comfyui"})
    assert made["url"] == "http://127.0.0.1:8188"
    assert made["type"] == "image"
    assert made["output_modalities"] == ["image"]
    path = f"/profiles/{made['id']}"
    assert (await api.json("PATCH", path, json={"url": " http://127.0.0.1:9/x/ "}))["url"] == "http://127.0.0.1:9/x"
    assert (await api.json("PATCH", path, json={"url": ""}))["url"] == "http://127.0.0.1:8188"


async def test_the_list_is_whole_oldest_first_and_filtered(api: Application) -> None:
    for number, provider in enumerate(["comfyui", "openai", "comfyui", "ollama"]):
        await api.json("POST", "/profiles", 201, json={"name": str(number), "provider": provider})
    assert [row["name"] for row in await api.json("GET", "/profiles")] == ["0", "1", "2", "3"]
    assert [row["name"] for row in await api.json("GET", "/profiles?provider=comfyui")] == ["0", "2"]
    assert len(await api.json("GET", "/profiles?limit=3")) == 3
    for query in ("provider=unknown", "limit=0", "limit=-1", "limit=1001", "limit=x", "limit=1e9"):
        await api.json("GET", f"/profiles?{query}", 422)


WRONG: list[tuple[dict[str, object], str]] = [
    ({}, "name"),
    ({"name": "x"}, "provider"),
    ({"name": "", "provider": "openai"}, "name"),
    ({"name": "   ", "provider": "openai"}, "name"),
    ({"name": "x" * 256, "provider": "openai"}, "name"),
    ({"name": 7, "provider": "openai"}, "name"),
    ({"name": "x", "provider": "OpenAI"}, "provider"),
    ({"name": "x", "provider": None}, "provider"),
    ({"name": "x", "provider": "openai", "type": "hologram"}, "type"),
    ({"name": "x", "provider": "openai", "description": 1}, "description"),
    ({"name": "x", "provider": "openai", "description": "x" * 100_001}, "description"),
    ({"name": "x", "provider": "openai", "options": [1]}, "options"),
    ({"name": "x", "provider": "openai", "options": "{}"}, "options"),
    ({"name": "x", "provider": "openai", "input_modalities": "text"}, "input_modalities"),
    ({"name": "x", "provider": "openai", "input_modalities": []}, "input_modalities"),
    ({"name": "x", "provider": "openai", "output_modalities": ["smell"]}, "output_modalities.0"),
    ({"name": "x", "provider": "openai", "url": "http://127.0.0.1/" + "x" * 500}, "url"),
    ({"name": "x", "provider": "openai", "url": ["http://127.0.0.1"]}, "url"),
    ({"name": "x", "provider": "openai", "api_key": 5}, "api_key"),
    ({"name": "x", "provider": "openai", "api_key": "x" * 4001}, "api_key"),
    ({"name": "x", "provider": "openai", "api_key": "with space"}, "api_key"),
    ({"name": "x", "provider": "openai", "api_key": "sk-…7890"}, "api_key"),
    ({"name": "x", "provider": "openai", "workspace_id": str(uuid4())}, "workspace_id"),
    ({"name": "x", "provider": "openai", "deleted_at": None}, "deleted_at"),
    ({"name": "x", "provider": "openai", "no_such": 1}, "no_such"),
    ({"name": "x\u0000", "provider": "openai"}, "name"),
]


async def test_a_wrong_field_is_named_and_never_repeated(api: Application) -> None:
    for body, field in WRONG:
        answer = await api.json("POST", "/profiles", 422, json=body)
        assert answer["code"] == "VALIDATION_ERROR", body
        assert field in [detail["loc"] for detail in answer["details"]], body
        assert all("input" not in detail for detail in answer["details"])
    assert await api.json("GET", "/profiles") == []


async def test_updates_refuse_what_creation_refuses(api: Application) -> None:
    made = await api.json("POST", "/profiles", 201, json=COMPLETE)
    path = f"/profiles/{made['id']}"
    bodies: list[dict[str, object]] = [
        {"name": None},
        {"provider": None},
        {"type": None},
        {"input_modalities": None},
        {"name": "x" * 256},
        {"options": {"base_url": "http://x"}},
        {"url": "ftp://127.0.0.1"},
        {"status": "x"},
    ]
    for body in bodies:
        answer = await api.json("PATCH", path, 422, json=body)
        assert answer["success"] is False
    assert await api.json("GET", path) == made


FORBIDDEN_URLS = [
    "http://169.254.169.254/latest",
    "http://[fd00:ec2::254]/",
    "http://metadata.google.internal/",
    "http://0.0.0.0:8188",
    "http://2130706433",
    "http://0x7f000001",
    "http://user:pass@127.0.0.1",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "127.0.0.1:8188",
    "http://127.0.0.1:99999",
    "http://",
    "http://[::1",
    "ws://127.0.0.1:8188",
    "http://127.0.0.1:8188/?x=1",
    "http://127.0.0.1:8188/#x",
]


FORBIDDEN_OPTIONS: list[dict[str, object]] = [
    {"base_url": "http://127.0.0.1:1"},
    {"baseURL": "http://127.0.0.1:1"},
    {"api_base": "x"},
    {"url": "x"},
    {"endpoint": "x"},
    {"host": "x"},
    {"proxy": "x"},
    {"http_options": {"base_url": "x"}},
    {"list": [{"deep": {"Api-Host": "x"}}]},
    {"api_key": "x"},
    {"extra_headers": {"Authorization": "x"}},
]


async def test_an_address_that_may_not_be_called_cannot_be_saved_nor_hidden_in_options(api: Application) -> None:
    for url in FORBIDDEN_URLS:
        body = {"provider": "comfyui", "url": url}
        answer = await api.json("POST", "/profiles", 422, json={"name": "x", **body})
        assert answer["code"] in {"TARGET_NOT_ALLOWED", "VALIDATION_ERROR"}
        assert (await api.json("POST", "/profiles/test-connection", 422, json=body))["error"] == answer["error"]

    for options in FORBIDDEN_OPTIONS:
        answer = await api.json("POST", "/profiles", 422, json={"name": "x", "provider": "openai", "options": options})
        assert answer["details"][0]["loc"].startswith("options."), options


async def test_unknown_and_foreign_profiles_are_the_same_404(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    answers = []
    for profile_id in (uuid4(), foreign.profile_id):
        for method, path, body in (
            ("GET", "", None),
            ("PUT", "", {"name": "x"}),
            ("PATCH", "", {"name": "x"}),
            ("POST", "/test", None),
            ("GET", "/models", None),
            ("POST", "/models", {"model_id": "m"}),
            ("POST", "/models/sync", None),
            ("PUT", "/models/theirs", {"name": "x"}),
            ("PUT", "/models/theirs/modalities", {"input_modalities": ["text"]}),
            ("DELETE", "/models/theirs", None),
        ):
            answers.append(await api.json(method, f"/profiles/{profile_id}{path}", 404, json=body))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["code"] == "PROFILE_NOT_FOUND"
    assert await api.json("GET", "/profiles") == []
    for wrong in ("1", "abc", "00000000-0000-0000-0000-00000000000g"):
        await api.json("GET", f"/profiles/{wrong}", 422)


async def test_broken_bodies(api: Application) -> None:
    for content, status in ((b"{", 400), (b"[]", 422), (b'"x"', 422), (b"null", 422), (b'{"name": NaN}', 400)):
        response = await api.http.post("/api/profiles", content=content, headers={"Content-Type": "application/json"})
        assert response.status_code == status, (content, response.text)
        assert response.json()["statusCode"] == status
    response = await api.http.post("/api/profiles", content=b"name=x", headers={"Content-Type": "text/plain"})
    assert response.status_code == 415


async def test_a_deleted_profile_takes_its_things_along(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    path = f"/profiles/{await api.profile()}"
    generation = await api.generate(session_id)
    await api.json("POST", f"{path}/models", 201, json={"model_id": "m"})
    await api.json("DELETE", path)
    for method, suffix in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/models"), ("POST", "/test")):
        await api.json(method, path + suffix, 404)
    for collection in ("/profiles", "/comfyui/workflows", "/comfyui/sessions", "/active"):
        assert await api.json("GET", collection) == []
    await api.json("GET", f"/comfyui/generations/{generation['id']}", 404)
