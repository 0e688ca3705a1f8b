"""Forwarded headers: R41."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from spoonfeeder.cli.serve import _serving
from spoonfeeder.core.door import guard
from spoonfeeder.core.door.proxies import TrustedProxies
from spoonfeeder.core.settings import SettingsError
from tests.core.door.conftest import small_settings
from tests.core.door.raw_http import RunningServer, request

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORWARDED = [
    ("X-Forwarded-For", "203.0.113.9, 10.0.0.7"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "studio.example"),
]


async def test_forwarded_headers_of_a_stranger_are_dropped(server: RunningServer) -> None:
    answer = await server.send(request(target="/api/where", headers=FORWARDED))
    assert answer.json == {"client": "127.0.0.1", "url": "http://localhost/api/where", "forwarded": None}


async def test_a_trusted_proxy_tells_client_scheme_and_host(serving: Callable[..., RunningServer]) -> None:
    async with serving(trusted_proxies="127.0.0.1,10.0.0.0/8", allowed_hosts="studio.example") as server:
        answer = await server.send(request(target="/api/where", headers=FORWARDED))
        assert answer.json == {"client": "203.0.113.9", "url": "https://studio.example/api/where", "forwarded": None}
        own = request("POST", headers=[*FORWARDED, ("Origin", "https://studio.example")], body=b"{}")
        assert (await server.send(own)).status == 200


async def test_the_host_a_trusted_proxy_tells_is_checked_too(serving: Callable[..., RunningServer]) -> None:
    async with serving(trusted_proxies="127.0.0.1") as server:
        assert (await server.send(request(headers=FORWARDED))).status == 421


async def test_what_no_proxy_writes_is_no_error_of_ours(serving: Callable[..., RunningServer]) -> None:
    async with serving(trusted_proxies="127.0.0.1") as server:
        answer = await server.send(request(target="/api/where", headers=[("X-Forwarded-For", "\xff, 10.0.0.7")]))
        assert answer.json["client"] == "10.0.0.7"


async def test_the_api_command_leaves_forwarded_headers_to_the_door(api: FastAPI) -> None:
    settings = small_settings(trusted_proxies="127.0.0.1", allowed_hosts="studio.example", port=0)
    shipped = _serving(guard(api, settings), settings)
    options = {name: getattr(shipped, name) for name in ("proxy_headers", "forwarded_allow_ips")}
    async with RunningServer(guard(api, settings), **options) as server:
        answer = await server.send(request(target="/api/where", headers=FORWARDED[:1] + FORWARDED[2:]))
        assert answer.json == {"client": "10.0.0.7", "url": "http://studio.example/api/where", "forwarded": None}


async def test_a_wrong_network_is_named_in_one_sentence() -> None:
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
        TrustedProxies(["everybody"])
