"""Hosts, origins, paths and methods against the running server: A35, A36, A37, A50, A57, A58."""

from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANY_ID = "3f0e2a52-7bb8-4a0f-9c52-0f6f5a6f3d11"


async def operations(api: Application) -> list[tuple[str, str, dict[str, Any]]]:
    """Every (method, path with ids filled in, operation) of the OpenAPI document."""
    document = (await api.http.get("/api/openapi.json")).json()
    return list(_operations(document))


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), _filled(path), operation


def _filled(path: str) -> str:
    return "/".join(ANY_ID if "_id" in part else "0" if part.startswith("{") else part for part in path.split("/"))


async def test_a35_every_address_has_one_spelling(api: Application) -> None:
    for method, path, _ in await operations(api):
        for spelling in {f"/{path}", path.replace("/api/", "/api//"), f"{path}%00"} - {path}:
            answer = await api.http.request(method, api.url + spelling)
            assert answer.status_code == 400, (method, spelling, answer.status_code)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3001", "127.0.0.1.nip.io"])
async def test_a36_a_rebound_name_reaches_nothing(api: Application, host: str) -> None:
    for path in ("/", "/api/health", "/api/profiles", "/api/openapi.json", "/socket.io/?EIO=4&transport=polling"):
        assert (await api.http.get(path, headers={"Host": host})).status_code == 421
    port = int(api.url.rpartition(":")[2])
    with pytest.raises(InvalidStatus) as refusal:
        await connect(
            f"ws://evil.example:{port}/socket.io/?EIO=4&transport=websocket", host="127.0.0.1", port=port
        ).__aenter__()
    assert refusal.value.response.status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
async def test_a37_another_page_changes_nothing(api: Application, origin: str) -> None:
    for method, path, _ in await operations(api):
        answer = await api.http.request(method, path, headers={"Origin": origin, "X-Forwarded-Host": "evil.example"})
        assert "access-control-allow-origin" not in answer.headers
        if method != "GET":
            assert answer.status_code == 403, (method, path, answer.status_code)
        wish = {"Origin": origin, "Access-Control-Request-Method": method}
        assert (await api.http.options(path, headers=wish)).status_code == 403
    polling = await api.http.get("/socket.io/?EIO=4&transport=polling", headers={"Origin": origin})
    assert polling.status_code == 403
    with pytest.raises(InvalidStatus) as refusal:
        await connect(
            api.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
            origin=origin,  # type: ignore[arg-type]
        ).__aenter__()
    assert refusal.value.response.status_code == 403


async def test_a50_json_under_another_name_is_not_read(api: Application) -> None:
    body = b'{"name": "x", "provider": "comfyui", "files": {"filepath": "/etc/passwd"}}'
    for method, path, operation in await operations(api):
        taken = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in taken:
            continue
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            answer = await api.http.request(method, path, content=body, headers={"Content-Type": content_type})
            refusal = 400 if content_type.partition(";")[0] in taken else 415
            assert answer.status_code == refusal, (method, path, answer.status_code)
        if method == "POST":
            answer = await api.http.request(method, path, content=body, headers={"Content-Type": "application/json"})
            usual = {400, 404} if path.startswith("/v1/") else {404, 409, 422}
            assert answer.status_code in usual, (path, answer.status_code, answer.text)


async def test_a50_an_upload_takes_no_path(api: Application) -> None:
    for body in ({"file": "/etc/passwd"}, {"files": {"filepath": "/etc/passwd"}}):
        assert (await api.http.post("/api/comfyui/uploads", json=body)).status_code in {400, 415, 422}
        assert (await api.http.post("/api/comfyui/uploads", data={"file": "/etc/passwd"})).status_code in {
            400,
            415,
            422,
        }


async def test_a57_there_is_no_way_to_interrupt_comfyui_as_such(api: Application) -> None:
    for path in ("/api/interrupt", "/api/comfyui/interrupt", "/interrupt", "/api/comfyui/queue"):
        assert (await api.http.post(path, json={"clear": True})).status_code in {404, 405}


async def test_a58_other_methods_are_refused(api: Application) -> None:
    document = (await api.http.get("/api/openapi.json")).json()
    for path, known in document["paths"].items():
        filled = "/".join(
            ANY_ID if "_id" in part else "0" if part.startswith("{") else part for part in path.split("/")
        )
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {name.upper() for name in known}:
            answer = await api.http.request(method, filled)
            assert answer.status_code in {404, 405, 422}, (method, filled, answer.status_code)
        for method in ("TRACE", "CONNECT", "PROPFIND"):
            assert (await api.http.request(method, filled)).status_code in {400, 405}
