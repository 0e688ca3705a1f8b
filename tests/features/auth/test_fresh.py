from tests.fixtures.server_mode import ServerMode
async def test_x(fresh_server: ServerMode) -> None:
    assert (await fresh_server.http.get("/api/profiles")).status_code == 401
    assert (await fresh_server.admin.get("/api/profiles")).status_code == 200
