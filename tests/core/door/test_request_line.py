"""Paths, queries, methods and headers: A35, A42, A44, A58."""

import pytest

from tests.core.door.raw_http import RunningServer, request

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    "target",
    [
        "//api/things",
        "/api//things",
        "/api/../api/things",
        "/api/./things",
        "/api/%2e%2e/things",
        "/api%2Fthings",
        "/api/things%00",
        "/api/things%0a",
        "/api/%zz",
        "http://localhost/api/things",
        "http://evil.example/api/things",
        "api/things",
        "*",
    ],
)
async def test_a35_ambiguous_targets_get_400(server: RunningServer, target: str) -> None:
    assert (await server.send(request(target=target))).status == 400


async def test_the_name_of_a_model_may_hold_an_encoded_slash(server: RunningServer) -> None:
    answer = await server.send(request(target="/api/models/hf.co%2Forg%2Fmodel:q4"))
    assert answer.json == {"name": "hf.co/org/model:q4"}


@pytest.mark.parametrize(
    ("query", "status"),
    [("q=%00", 422), ("%00=1", 422), ("q=%1b[31m", 422), ("q=a%0Ab", 200), ("q=%ff%fe", 200), ("q=%F0%9F%A6%84", 200)],
)
async def test_a42_a_query_holds_text_only(server: RunningServer, query: str, status: int) -> None:
    assert (await server.send(request(target=f"/api/things?{query}"))).status == status


@pytest.mark.parametrize("length", [10_000, 60_000, 100_000])
async def test_a44_a_long_query_gets_414(server: RunningServer, length: int) -> None:
    answer = await server.send(request(target="/api/things?q=" + "a" * length))
    assert (answer.status, answer.code) in {(414, "URI_TOO_LONG"), (431, "HEADERS_TOO_LARGE")}


async def test_a44_many_headers_get_431(server: RunningServer) -> None:
    answer = await server.send(request(headers=[(f"X-{number}", "y") for number in range(10_000)]))
    assert (answer.status, answer.code) == (431, "HEADERS_TOO_LARGE")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
async def test_a58_other_methods_get_405(server: RunningServer, method: str) -> None:
    assert (await server.send(request(method))).status == 405


async def test_a58_a_method_cannot_be_overridden(server: RunningServer) -> None:
    answer = await server.send(request(target="/api/things?_method=POST", headers=[("X-HTTP-Method-Override", "POST")]))
    assert answer.json == {"q": ""}


@pytest.mark.parametrize("value", ["a\x01b", "a\x00b", "a\x7fb"])
async def test_a42_headers_hold_no_control_characters(server: RunningServer, value: str) -> None:
    assert (await server.send(request(headers=[("X-Note", value)]))).status == 400


async def test_unknown_addresses_get_the_envelope(server: RunningServer) -> None:
    answer = await server.send(request(target="/nowhere"))
    assert answer.json == {
        "success": False,
        "error": "There is nothing at this address.",
        "code": "NOT_FOUND",
        "statusCode": 404,
    }
