import pytest
from tests.fixtures.server_mode import ServerMode
pytestmark = pytest.mark.asyncio(loop_scope="module")
async def test_x(server: ServerMode) -> None:
    assert (await server.http.get("/api/profiles")).status_code == 401
    assert (await server.admin.get("/api/profiles")).status_code == 200
    v = await server.person("viewer")
    assert (await v.get("/api/profiles")).status_code == 200
    k = await server.api_key(v)
    assert (await k.get("/api/profiles")).status_code == 200
    s = await server.stranger()
    assert (await s.get("/api/profiles")).json()["data"] == []
    n = await server.person(None)
    assert (await n.get("/api/profiles")).status_code == 403
    await server.acting_as(server.admin).profile()
