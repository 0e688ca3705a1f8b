"""What a task is when it has been accepted, and what is refused before there is one."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.features.tasks.schemas import TaskOut
from tests.abuse.populated import PNG
from tests.features.tasks.asked import GRAPH, NOBODY, profile, task, upload
from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")


def in_(**time: Any) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


async def test_a_task_waits_as_it_was_asked_for(shared_api: Application) -> None:
    profile_id = await profile(shared_api, "openai", "Asked")
    at = in_(hours=2)
    fallback = [{"provider": "ollama", "model": "llama3.2"}]
    options = {"temperature": 0.5, "seed": 7}
    asked: dict[str, Any] = {
        "name": "Piers",
        "profile_id": profile_id,
        "provider": "openai",
        "model": "gpt-4o",
        "options": options,
        "run_after": at,
        "priority": 5,
        "max_attempts": 2,
    }
    made = await task(shared_api, fallback=fallback, **asked)
    assert set(made) == set(TaskOut.model_fields)
    kept = {name: made[name] for name in asked if name != "run_after"}
    assert kept == {name: asked[name] for name in kept}
    assert datetime.fromisoformat(made["run_after"]) == datetime.fromisoformat(at)
    assert made["fallback"] == [{"provider": "ollama", "profile_id": None, "model": "llama3.2"}]
    assert (made["status"], made["progress"], made["run"], made["attempt"]) == ("pending", 0, 1, 0)
    assert (made["result"], made["tried"], made["error"], made["generation_id"]) == (None, [], None, None)
    assert await shared_api.json("GET", f"/tasks/{made['id']}") == made


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A pier\n at dusk", "A pier at dusk"),
        ("word " * 30, "word word word word word word word word word word word…"),
    ],
)
async def test_it_is_called_by_the_beginning_of_its_prompt(shared_api: Application, prompt: str, name: str) -> None:
    assert (await task(shared_api, prompt=prompt))["name"] == name


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "type": ({"type": "smell"}, "type", "VALIDATION_ERROR"),
    "provider": ({"provider": "nobody"}, "provider", "VALIDATION_ERROR"),
    "profile": ({"profile_id": str(uuid4())}, "profile_id", "VALIDATION_ERROR"),
    "unknown field": ({"fence": 1}, "fence", "VALIDATION_ERROR"),
    "no prompt": ({"prompt": "  "}, "prompt", "VALIDATION_ERROR"),
    "no model": ({"model": None}, "model", "VALIDATION_ERROR"),
    "attempts": ({"max_attempts": 11}, "max_attempts", "VALIDATION_ERROR"),
    "priority": ({"priority": 101}, "priority", "VALIDATION_ERROR"),
    "no time zone": ({"run_after": "2099-01-01T00:00:00"}, "run_after", "VALIDATION_ERROR"),
    "past": ({"run_after": "2020-01-01T00:00:00Z"}, "run_after", "VALIDATION_ERROR"),
    "far": ({"run_after": "2990-01-01T00:00:00Z"}, "run_after", "VALIDATION_ERROR"),
    "server": ({"options": {"base_url": "http://x"}}, "options.base_url", "VALIDATION_ERROR"),
    "secret": ({"options": {"a": {"api_key": "x"}}}, "options.a.api_key", "VALIDATION_ERROR"),
    "reserved": ({"options": {"stream": True}}, "options.stream", "VALIDATION_ERROR"),
    "workflow": ({"options": {"parameters": {}}}, "options.parameters", "VALIDATION_ERROR"),
    "input": ({"inputs": [str(uuid4())]}, "inputs.0", "VALIDATION_ERROR"),
    "fallback": ({"fallback": [{"model": "x"}]}, "fallback.0.provider", "VALIDATION_ERROR"),
    "fallback's model": ({"fallback": [{"provider": "ollama"}]}, "fallback.0.model", "VALIDATION_ERROR"),
    "fallbacks": ({"fallback": [{"provider": "ollama", "model": "x"}] * 6}, "fallback", "VALIDATION_ERROR"),
    "an image's option": (
        {"type": "image", "provider": "openai", "options": {"n": 2, "temperature": 1}},
        "options.temperature",
        "VALIDATION_ERROR",
    ),
    "comfyui writes": ({"provider": "comfyui"}, "provider", "PROVIDER_NOT_SUPPORTED"),
    "ollama draws": ({"type": "image"}, "provider", "PROVIDER_NOT_SUPPORTED"),
    "claude speaks": ({"type": "audio", "provider": "claude"}, "provider", "PROVIDER_NOT_SUPPORTED"),
    "fallback draws": (
        {"type": "image", "provider": "gemini", "fallback": [{"provider": "ollama"}]},
        "fallback.0.provider",
        "PROVIDER_NOT_SUPPORTED",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_it_is_refused_with_the_field_that_is_wrong(shared_api: Application, name: str) -> None:
    for provider in ("gemini", "openai"):
        await shared_api.json("PUT", f"/settings/{provider}", json={"api_key": "sk-0123456789"})
    body, loc, code = REFUSED[name]
    before = (await shared_api.json("GET", "/stats"))["tasks"]
    answer = await task(shared_api, 422, **body)
    assert (answer["code"], answer["details"][0]["loc"]) == (code, loc), answer
    assert (await shared_api.json("GET", "/stats"))["tasks"] == before


async def test_a_missing_model_and_a_missing_prompt_are_told_together(shared_api: Application) -> None:
    for who in ({}, {"fallback": [{"provider": "ollama"}], "model": "llama3.2"}):
        answer = await task(shared_api, 422, **{"model": None, "prompt": " ", **who})
        first, second = answer["details"]
        assert first["loc"].endswith("model")
        assert (second["loc"], second["message"]) == ("prompt", "Say what is to be made.")
        assert answer["error"] == f"{first['message']} (and 1 more)"


async def test_what_is_wrong_with_an_option_of_a_workflow_is_said(shared_api: Application) -> None:
    asked = {"type": "image", "provider": "comfyui", "model": None}
    answer = await task(shared_api, 422, **asked, options={"workflow_json": GRAPH, "parameters": []})
    assert answer["error"] == "options.parameters: must be an object."


async def test_who_can_is_named_where_somebody_cannot(shared_api: Application) -> None:
    studio = await profile(shared_api, "openai", "Studio")
    answer = await task(shared_api, 422, type="video", provider="claude")
    assert answer["error"].startswith("Claude makes no videos. Those who do are OpenAI, Gemini and ComfyUI; of your")
    assert '"Studio"' in answer["error"]
    [who] = answer["details"]
    assert set(who["providers"]) == {"openai", "gemini", "comfyui"}
    assert {"id": studio, "name": "Studio"} in who["profiles"]


async def test_files_of_a_fitting_kind_are_taken(shared_api: Application) -> None:
    picture = await upload(shared_api, PNG)
    made = await task(shared_api, inputs=[picture, picture], prompt="")
    assert made["inputs"] == [picture, picture]
    assert made["name"] == "text from ollama"
    refused = await task(shared_api, 422, type="audio", provider="gemini", inputs=[picture])
    assert refused["details"][0]["loc"] == "inputs"


async def test_one_for_a_comfyui_comes_with_its_generation(shared_api: Application) -> None:
    profile_id = await profile(shared_api, "comfyui", "Drawing", url=NOBODY)
    at = in_(minutes=5)
    asked: dict[str, Any] = {"type": "image", "provider": "comfyui", "model": None, "run_after": at}
    options = {"workflow_json": GRAPH, "parameters": {"steps": 3}, "negative_prompt": "fog"}
    made = await task(shared_api, profile_id=profile_id, options=options, **asked)
    row = await shared_api.json("GET", f"/comfyui/generations/{made['generation_id']}")
    assert (row["prompt_text"], row["negative_prompt"], row["steps"]) == ("A story of a pier", "fog", 3)
    assert (row["profile_id"], row["status"], made["profile_id"]) == (profile_id, "pending", profile_id)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "WORKFLOW_REQUIRED"),
        ({"workflow_json": {}}, "WORKFLOW_FORMAT"),
        ({"workflow_id": str(uuid4())}, "VALIDATION_ERROR"),
        ({"workflow_json": GRAPH, "quality": "hd"}, "VALIDATION_ERROR"),
        ({"workflow_id": 7}, "VALIDATION_ERROR"),
    ]
    count = (await shared_api.json("GET", "/stats"))["generations"]
    for options, code in wrong:
        answer = await task(shared_api, 422, profile_id=profile_id, options=options, **asked)
        assert answer["code"] == code, (options, answer)
    await _no_film_from_pictures(shared_api, profile_id)
    assert (await shared_api.json("GET", "/stats"))["generations"] == count


async def _no_film_from_pictures(api: Application, profile_id: str) -> None:
    """Whether the workflow is given, kept, or the profile's usual one."""
    kept = {"name": "Pictures", "profile_id": profile_id, "workflow_json": GRAPH, "is_default": True}
    workflow_id = (await api.json("POST", "/comfyui/workflows", 201, json=kept))["id"]
    session = {"title": "Films", "workflow_id": workflow_id}
    session_id = (await api.json("POST", "/comfyui/sessions", 201, json=session))["id"]
    for options in ({"workflow_json": GRAPH}, {"workflow_id": workflow_id}, {"session_id": session_id}, {}):
        named: dict[str, Any] = {"provider": "comfyui", "model": None, "profile_id": profile_id, "options": options}
        answer = await task(api, 422, type="video", **named)
        assert answer["code"] == "PROVIDER_NOT_SUPPORTED", (options, answer)
        assert answer["error"].startswith("This workflow makes images; it cannot make videos."), answer


async def test_an_idempotency_key_makes_one_task(shared_api: Application) -> None:
    body = {"type": "text", "provider": "ollama", "model": "llama3.2", "prompt": "Once"}
    headers = {"Idempotency-Key": str(uuid4())}
    first, second = [await shared_api.http.post("/api/tasks", json=body, headers=headers) for _ in range(2)]
    assert first.json()["data"]["id"] == second.json()["data"]["id"]
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_auto_follows_the_workspace_s_order(shared_api: Application) -> None:
    """A profile with a position comes before those without, whichever is older."""
    for name, number in (("One", 2), ("Two", 1)):
        await profile(shared_api, "claude", f"Ordered {name}", "opus-of-order", position=number)
    listed = [row["name"] for row in await shared_api.json("GET", "/profiles?provider=claude")]
    assert listed[:2] == ["Ordered Two", "Ordered One"]
    by_name = {row["name"]: row["id"] for row in await shared_api.json("GET", "/profiles")}
    made = await task(shared_api, provider="auto", model="opus-of-order")
    assert (made["provider"], made["profile_id"]) == ("claude", by_name["Ordered Two"])
    moved = {"position": None}
    await shared_api.json("PATCH", f"/profiles/{by_name['Ordered Two']}", json=moved)
    made = await task(shared_api, provider="auto", model="opus-of-order")
    assert made["profile_id"] == by_name["Ordered One"]
    for wrong in (-1, "1", 0.5):
        await shared_api.json("PATCH", f"/profiles/{by_name['Ordered One']}", 422, json={"position": wrong})
