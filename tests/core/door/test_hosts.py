"""Who may be addressed: A35 (Host), A36."""

from collections.abc import Callable

import pytest

from tests.core.door.raw_http import RunningServer, request

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:3001", "127.0.0.1", "127.0.0.1:80", "[::1]:3001", "localhost."]
)
async def test_the_names_of_this_machine_are_answered(server: RunningServer, host: str) -> None:
    assert (await server.send(request(host=host))).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3001", "localhost.evil.example", "192.168.7.7", "[::2]"]
)
@pytest.mark.parametrize("target", ["/api/things", "/socket.io/?EIO=4&transport=polling", "/"])
async def test_a36_another_host_name_gets_421_everywhere(server: RunningServer, host: str, target: str) -> None:
    answer = await server.send(request(target=target, host=host))
    assert (answer.status, answer.code) == (421, "HOST_NOT_ALLOWED")


@pytest.mark.parametrize(
    "host", ["x/?", "x/#", "a@localhost", "localhost:3001:1", "", "loc alhost", "127.1", "[::1", "0x7f.1"]
)
async def test_a35_a_malformed_host_gets_400(server: RunningServer, host: str) -> None:
    assert (await server.send(request(host=host))).status == 400


async def test_a35_two_hosts_or_none_get_400(server: RunningServer) -> None:
    assert (await server.send(request(headers=[("Host", "localhost")]))).status == 400
    assert (await server.send(request(headers=[("Host", "evil.example")]))).status == 400
    assert (await server.send(request(host=None))).status == 400


async def test_the_literal_address_the_connection_came_in_on_is_answered(serving: Callable[..., RunningServer]) -> None:
    async with serving(allowed_hosts="studio.example") as server:
        assert (await server.send(request(host="studio.example"))).status == 200
        assert (await server.send(request(host="[::ffff:127.0.0.1]"))).status == 200
        assert (await server.send(request(host="127.0.0.2"))).status == 421
