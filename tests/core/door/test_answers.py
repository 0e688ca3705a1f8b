"""What every answer has, and what none has: A49, the envelope, the security headers."""

import json

import pytest

from tests.core.door.raw_http import RunningServer, request
from tests.fixtures.log_lines import LogLines

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    "message",
    [
        request(),
        request(target="/nowhere"),
        request(host="evil.example"),
        request("POST", body=b"{"),
        request("POST", body=b'{"name": 1}'),
        request("POST", "/api/broken", body=b"{}"),
        request("POST", body=b"x" * 300_000),
    ],
)
async def test_every_answer_has_the_security_headers_and_a_request_id(
    server: RunningServer, log_lines: LogLines, message: bytes
) -> None:
    log_lines("json")
    headers = (await server.send(message)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert len(headers["x-request-id"]) == 32
    assert "server" not in headers


async def test_an_unexpected_error_is_a_plain_500_and_a_log_line(server: RunningServer, log_lines: LogLines) -> None:
    lines = log_lines("json")
    answer = await server.send(request("POST", "/api/broken", body=b"{}"))
    assert answer.json == {
        "success": False,
        "error": "Something went wrong on our side; the log has the details.",
        "code": "INTERNAL",
        "statusCode": 500,
    }
    [line] = [json.loads(text) for text in lines.getvalue().splitlines() if "request failed" in text]
    assert (line["path"], line["request_id"]) == ("/api/broken", answer.headers["x-request-id"])


async def test_a422_names_the_field_and_does_not_repeat_its_value(server: RunningServer) -> None:
    answer = await server.send(request("POST", body=b'{"name": ["sk-secret"], "owner_id": "sk-other"}'))
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert {detail["loc"] for detail in answer.json["details"]} == {"name", "owner_id"}
    assert all(set(detail) == {"loc", "type", "message"} for detail in answer.json["details"])
    assert b"sk-" not in answer.body
    assert answer.json["error"].startswith("name: ")


async def test_many_errors_are_summed_up(server: RunningServer) -> None:
    names = ",".join(f'"unknown_{number}": 1' for number in range(500))
    answer = await server.send(request("POST", body=b"{" + names.encode() + b"}"))
    assert answer.status == 422
    assert len(answer.json["details"]) == 50
    assert "(and 499 more)" in answer.json["error"]


async def test_a49_no_header_is_reflected(server: RunningServer) -> None:
    canary = "canary-7c1e"
    names = ("Accept-Language", "User-Agent", "Referer", "X-Request-ID", "Idempotency-Key", "Cookie", "Authorization")
    answer = await server.send(request(headers=[(name, canary) for name in names]))
    assert canary not in str(answer)


async def test_a_405_tells_what_is_allowed(server: RunningServer) -> None:
    answer = await server.send(request("DELETE", "/api/where"))
    assert (answer.status, answer.code, answer.headers["allow"]) == (405, "METHOD_NOT_ALLOWED", "GET")
