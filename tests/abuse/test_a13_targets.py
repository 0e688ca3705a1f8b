"""Where the server may be sent, and what it tells about it: A13, A15, A17, A18, A22, A23, A54."""

import asyncio
import gzip

import pytest

from tests.abuse.hostile import Reply, dripping, fixed, fixed_json, hostile
from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "sk-canary-0123456789abcdefghij"
NEVER = [
    "http://169.254.169.254/latest/meta-data",
    "http://[fd00:ec2::254]",
    "http://metadata.google.internal",
    "http://0.0.0.0:8188",
    "http://[::]:8188",
    "http://2130706433:8188",
    "http://0x7f000001:8188",
    "http://127.1:8188",
    "http://user:pass@127.0.0.1:8188",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://",
    "x",
]


async def test_a13_addresses_that_are_never_a_target(api: Application) -> None:
    known = await api.profile()
    profiles = await api.json("GET", "/profiles")
    machine = {"profile_id": known, "name": "x"}
    beside = await api.json("POST", "/comfyui/backends", 201, json=machine | {"url": "http://127.0.0.1:9"})
    machines = await api.json("GET", "/comfyui/backends")
    for url in [*NEVER, f"http://127.0.0.1:{api.settings.port}", f"http://[::1]:{api.settings.port}"]:
        body = {"name": "x", "provider": "comfyui", "url": url}
        refused = await api.json("POST", "/profiles", 422, json=body)
        assert refused["code"] in {"TARGET_NOT_ALLOWED", "VALIDATION_ERROR"}, (url, refused)
        await api.json("PATCH", f"/profiles/{known}", 422, json={"url": url})
        for method, path, fields in (("POST", "", machine), ("PATCH", f"/{beside['id']}", {})):
            refused = await api.json(method, f"/comfyui/backends{path}", 422, json=fields | {"url": url})
            assert refused["code"] in {"TARGET_NOT_ALLOWED", "VALIDATION_ERROR"}, (url, refused)
        await api.json("POST", "/profiles/test-connection", 422, json={"provider": "comfyui", "url": url})
    assert await api.json("GET", "/profiles") == profiles
    assert [row["url"] for row in await api.json("GET", "/comfyui/backends")] == [row["url"] for row in machines]


async def test_a15_a_redirect_leads_nowhere(api: Application) -> None:
    async with hostile(fixed_json({"system": {}})) as inside:
        location = f"Location: {inside.url}/system_stats"
        for status in ("301 Moved", "302 Found", "307 Temporary", "308 Permanent"):
            async with hostile(fixed(b"", location, status=status)) as outside:
                body = {"provider": "comfyui", "url": outside.url}
                answer = await api.http.post("/api/profiles/test-connection", json=body)
                assert answer.status_code < 500 or answer.status_code in {502, 503, 504}
                assert "true" not in str(answer.json().get("data", {}).get("connected", "")).lower()
        assert inside.heads == []


@pytest.mark.parametrize("name", ["base_url", "baseURL", "url", "api_base", "endpoint", "host", "proxy", "API-Base"])
async def test_a17_options_choose_no_server(api: Application, name: str) -> None:
    for options in ({name: "http://127.0.0.1:9"}, {"client": [{"deep": {name: "http://127.0.0.1:9"}}]}):
        body = {"name": "x", "provider": "openai", "type": "text", "options": options}
        await api.json("POST", "/profiles", 422, json=body)


async def test_a18_a_key_does_not_move_to_another_address(api: Application) -> None:
    body = {"name": "x", "provider": "comfyui", "url": api.simulator.url, "api_key": KEY}
    made = await api.json("POST", "/profiles", 201, json=body)
    async with hostile(fixed_json({})) as thief:
        refused = await api.json("PATCH", f"/profiles/{made['id']}", 422, json={"url": thief.url})
        assert refused["code"] == "API_KEY_REQUIRED"
        await api.json("POST", f"/profiles/{made['id']}/test")
        assert thief.heads == []
    masked = {"url": "http://127.0.0.1:9", "api_key": made["api_key"]}
    assert (await api.json("PATCH", f"/profiles/{made['id']}", 422, json=masked))["code"] == "API_KEY_REQUIRED"


async def test_a22_a_key_that_the_other_server_repeats_is_not_told(api: Application) -> None:
    async def echo(head: bytes, writer: asyncio.StreamWriter) -> None:
        await fixed(head, 'WWW-Authenticate: Bearer realm="http://127.0.0.1:1/token"', status="401 Unauthorized")(
            head, writer
        )

    async with hostile(echo) as server:
        body = {"name": "x", "provider": "comfyui", "url": server.url, "api_key": KEY}
        made = await api.json("POST", "/profiles", 201, json=body)
        answer = await api.http.post(f"/api/profiles/{made['id']}/test")
        shown = await api.http.get(f"/api/profiles/{made['id']}")
    assert KEY not in answer.text
    assert KEY not in shown.text
    assert KEY.encode() not in b"".join(head for head in server.heads if b"/token" in head)


ENORMOUS = {"system": {"comfyui_version": "9" * 3_000_000}, "devices": [{}] * 100_000}


async def bomb(head: bytes, writer: asyncio.StreamWriter) -> None:
    """Packed when it is asked for: that takes a second, which the collection of the tests need not wait for."""
    await fixed(gzip.compress(b" " * (300 * 2**20)), "Content-Encoding: gzip")(head, writer)


@pytest.mark.parametrize(
    "reply",
    [
        fixed(b"<html><script>alert(1)</script></html>", "Content-Type: text/html", "Set-Cookie: a=b"),
        fixed(b""),
        fixed(b"null"),
        fixed(b"[]"),
        fixed(b'{"system": "\\u0000"}'),
        fixed(b"[" * 100_000),
        bomb,
        fixed(b"x", "Content-Encoding: br"),
        fixed_json(ENORMOUS),
        fixed(b"secret trace", status="500 Internal Server Error"),
        dripping,
    ],
    ids=["html", "empty", "null", "list", "nul", "deep", "bomb", "encoding", "enormous", "500", "drip"],
)
async def test_a23_a54_a_hostile_comfyui_is_told_of_in_a_sentence(api: Application, reply: Reply) -> None:
    async with hostile(reply) as server:
        body = {"provider": "comfyui", "url": server.url}
        async with asyncio.timeout(60):
            answer = await api.http.post("/api/profiles/test-connection", json=body, timeout=None)
        assert answer.status_code in {200, 422, 502, 503, 504}, answer.text
    assert "<script>" not in answer.text
    assert "secret trace" not in answer.text
    assert len(answer.content) < 20_000
    assert "set-cookie" not in answer.headers
    assert (await api.http.get("/api/health/live")).status_code == 200
