"""Which pages may act here: A36, A37."""

from collections.abc import Callable

import pytest

from tests.core.door.raw_http import RunningServer, request

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOCKET = "/socket.io/?EIO=4&transport=polling"


def post(*headers: tuple[str, str], host: str = "localhost:3001") -> bytes:
    return request("POST", headers=headers, body=b"{}", host=host)


@pytest.mark.parametrize(
    "origin", ["http://localhost:3001", "http://LOCALHOST:3001", "http://localhost:5173", "http://127.0.0.1:5173"]
)
async def test_own_and_development_origins_may_post(server: RunningServer, origin: str) -> None:
    assert (await server.send(post(("Origin", origin)))).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        "https://localhost:3001",
        "http://localhost:9999",
        "http://localhost:5173.evil",
        "x",
    ],
)
async def test_a37_other_origins_may_not_post_or_open_a_socket(server: RunningServer, origin: str) -> None:
    for message in (
        post(("Origin", origin)),
        request(target=SOCKET, headers=[("Origin", origin)], host="localhost:3001"),
    ):
        answer = await server.send(message)
        assert (answer.status, answer.code) == (403, "ORIGIN_NOT_ALLOWED")
        assert "access-control-allow-origin" not in answer.headers


async def test_a37_the_forwarded_host_of_a_stranger_makes_no_own_origin(server: RunningServer) -> None:
    answer = await server.send(post(("Origin", "http://evil.example"), ("X-Forwarded-Host", "evil.example")))
    assert answer.status == 403


async def test_without_origin_only_a_cross_site_page_is_refused(server: RunningServer) -> None:
    assert (await server.send(post())).status == 200
    assert (await server.send(post(("Sec-Fetch-Site", "same-origin")))).status == 200
    assert (await server.send(post(("Sec-Fetch-Site", "cross-site")))).status == 403


async def test_a37_with_logins_a_cookie_alone_is_refused(serving: Callable[..., RunningServer]) -> None:
    async with serving(auth="required") as server:
        assert (await server.send(post(("Cookie", "refresh=x")))).status == 403
        assert (await server.send(post(("Cookie", "refresh=x"), ("Authorization", "Bearer t")))).status == 200
        assert (await server.send(post(("Origin", "http://localhost:5173")))).status == 403


async def test_preflight_is_answered_for_allowed_origins_only(server: RunningServer) -> None:
    ask = [
        ("Access-Control-Request-Method", "PATCH"),
        ("Access-Control-Request-Headers", "content-type,idempotency-key"),
    ]
    allowed = await server.send(request("OPTIONS", headers=[("Origin", "http://localhost:5173"), *ask]))
    assert allowed.status == 200
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:5173"
    refused = await server.send(request("OPTIONS", headers=[("Origin", "http://evil.example"), *ask]))
    assert refused.status == 403
    assert "access-control-allow-origin" not in refused.headers


async def test_reads_from_other_origins_get_no_cors_header(server: RunningServer) -> None:
    stranger = await server.send(request(headers=[("Origin", "http://evil.example")]))
    assert "access-control-allow-origin" not in stranger.headers
    friend = await server.send(request(headers=[("Origin", "http://localhost:5173")]))
    assert friend.headers["access-control-allow-origin"] == "http://localhost:5173"


async def test_refusals_further_in_are_readable_for_allowed_origins(server: RunningServer) -> None:
    answer = await server.send(request("POST", headers=[("Origin", "http://localhost:5173")], body=b"{"))
    assert answer.status == 400
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
