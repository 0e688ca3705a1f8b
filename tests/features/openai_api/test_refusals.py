"""What this door does not take, and every refusal before it, in OpenAI's form."""

from typing import Any

import httpx2
import openai
import pytest
import pytest_asyncio

from spoonfeeder.core.door import body_reading
from tests.features.openai_api.conftest import PICTURE, Door
from tests.fixtures.openai_replies import stream as streamed

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO: list[Any] = [{"role": "user", "content": "Hello"}]
COMPLETIONS = "/chat/completions"
JSON, TEXT = {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}


def error_of(answer: httpx2.Response) -> dict[str, Any]:
    body = answer.json()
    assert body.keys() == {"error"}, body
    error: dict[str, Any] = body["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert len(error["message"].split()) > 2
    return error


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def usual(running: Door) -> dict[str, Any]:
    await running.profile("Any")
    return {"model": "Any/gpt", "messages": HELLO}


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"model": None}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "boss", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]}, "messages.0"),
        ({"messages": [{"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}]}, "messages.0"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, None),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages.0.content.0.text"),
        ({"temperature": "hot"}, "temperature"),
        ({"stream": "yes"}, "stream"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"functions": [{"name": "f"}]}, "functions"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"audio": {"voice": "x"}}, "audio"),
        ({"base_url": "http://127.0.0.1"}, "base_url"),
        ({"metadata": {"api_key": "x"}}, "metadata.api_key"),
        ({"extra_headers": {"X": "y"}}, "extra_headers"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_not_offered_is_refused_by_name(
    door: Door, usual: dict[str, Any], wrong: dict[str, Any], param: str | None, stream: bool
) -> None:
    answer = await door.post(COMPLETIONS, json=usual | {"stream": stream} | wrong)

    assert answer.status_code == 400, answer.text
    error = error_of(answer)
    assert error["type"] == "invalid_request_error"
    if param is not None:
        assert error["param"] == param
    assert not door.upstream.asked


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x.png",
        "https://example.com/x.png",
        "file:///etc/passwd",
        "data:image/png,x",
        "x",
        "data:image/png;base64,!!!!",
        "data:image/svg+xml;base64,PHN2Zy8+",
        f"{PICTURE}*",
    ],
)
async def test_pictures_that_are_none_are_refused(door: Door, usual: dict[str, Any], url: str) -> None:
    content = [{"type": "image_url", "image_url": {"url": url}}]

    answer = await door.post(COMPLETIONS, json=usual | {"messages": [{"role": "user", "content": content}]})

    assert answer.status_code == 400
    assert error_of(answer)["param"] == "messages.0.content.0.image_url"


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/nothing", {}, 404, "not_found"),
        ("GET", "", {}, 404, "not_found"),
        ("DELETE", "/models", {}, 405, "method_not_allowed"),
        ("GET", COMPLETIONS, {}, 405, "method_not_allowed"),
        (
            "POST",
            COMPLETIONS,
            {"content": b"{", "headers": {"Content-Type": "application/json"}},
            400,
            "malformed_json",
        ),
        (
            "POST",
            COMPLETIONS,
            {"content": b"{}", "headers": {"Content-Type": "text/plain"}},
            415,
            "unsupported_media_type",
        ),
        ("POST", COMPLETIONS, {"json": {}}, 400, "validation_error"),
        ("POST", COMPLETIONS, {"json": []}, 400, "validation_error"),
        ("POST", COMPLETIONS, {"json": {"a": "\x00"}}, 400, "validation_error"),
        ("POST", COMPLETIONS, {"json": {"messages": "x" * (33 << 20)}}, 413, "payload_too_large"),
        ("GET", "/models", {"headers": {"Host": "evil.example"}}, 421, "host_not_allowed"),
        ("POST", COMPLETIONS, {"headers": {"Origin": "https://evil.example"}}, 403, "origin_not_allowed"),
        ("GET", "/models", {"headers": {"X-Workspace": "none"}}, 404, "workspace_not_found"),
        ("GET", "/models?a=%00", {}, 400, None),
        ("GET", "/" + "x" * 20_000, {}, 414, "uri_too_long"),
    ],
)
async def test_refusals_before_the_route(
    door: Door,
    method: str,
    path: str,
    options: dict[str, Any],
    status: int,
    code: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("DRAIN_BYTES", 64 << 20), ("DRAIN_SECONDS", 30.0), ("DRAIN_PAUSE_SECONDS", 30.0)):
        monkeypatch.setattr(body_reading, name, value)
    answer = await door.application.http.request(method, f"/v1{path}", **options)

    assert answer.status_code == status, answer.text
    assert error_of(answer)["code"] == code or code is None
    assert error_of(answer)["type"] == ("permission_error" if status == 403 else "invalid_request_error")


async def test_errors_elsewhere_keep_the_envelope(door: Door) -> None:
    for path in ("/v1x", "/api/v1", "/api/nothing"):
        answer = await door.application.http.get(path, headers={"Accept": "application/json"})
        assert answer.json()["success"] is False, path


async def test_a_model_that_is_not_there(door: Door, usual: dict[str, Any]) -> None:
    for model in ("gpt", "Nobody/gpt", "/gpt", "Any/"):
        with pytest.raises(openai.NotFoundError) as raised:
            await door.client.chat.completions.create(**usual | {"model": model})
        assert raised.value.code == "model_not_found"


async def test_a_budget_that_is_used_up_is_a_402(door: Door) -> None:
    profile = await door.profile("Poor")
    await door.application.json("PUT", "/budgets", json={"profile_id": profile["id"], "monthly_usd": 0})
    door.upstream.replies.append(streamed())

    with pytest.raises(openai.APIStatusError) as raised:
        await door.client.chat.completions.create(model="Poor/gpt", messages=HELLO)

    assert (raised.value.status_code, raised.value.code) == (402, "budget_exceeded")
    assert raised.value.type == "insufficient_quota"
    assert not door.upstream.asked
