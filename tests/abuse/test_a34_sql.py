"""A34: SQL wherever a request may put text.

What would run leaves a trace that no rollback takes back: a sequence that moves.
"""

from typing import Any

import pytest
import pytest_asyncio

from tests.abuse.matrix import Matrix
from tests.abuse.sampling import sampled
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

RUN = "nextval('trap')"
SQL = (
    f"'; SELECT {RUN}, pg_sleep(20) --",
    f"' OR {RUN} > 0 --",
    f"'||{RUN}::text||'",
    f"1; SELECT {RUN}",
    f"created_at) OR {RUN} > 0 --",
    f"\\'; SELECT {RUN}; --",
    f"$$; SELECT {RUN}; $$",
    f"(SELECT {RUN} FROM pg_sleep(20))",
)
IN_COOKIES = [sql.replace(";", "%3B") for sql in SQL]


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def trap(server: ServerMode) -> None:
    await server.rows("CREATE SEQUENCE trap")
    await server.rows("GRANT USAGE ON SEQUENCE trap TO PUBLIC")


async def is_sprung(server: ServerMode) -> Any:
    return (await server.rows("SELECT is_called FROM trap"))[0]["is_called"]


@pytest.mark.parametrize("sql", SQL)
async def test_a34_sql_for_credentials_is_no_credential(server: ServerMode, sql: str) -> None:
    token = sql.replace(" ", "/**/")
    for shown in (
        sql,
        f"Bearer {token}",
        f"Bearer sf_{token}",
        f"Bearer {sql}",
        f"Basic {token}",
        f"Bearer a.{token}.b",
    ):
        for path in ("/api/profiles", "/api/auth/me", "/api/users"):
            answer = await server.http.get(path, headers={"Authorization": shown})
            assert answer.status_code == 401, (shown, path)
            assert "trap" not in answer.text
    assert not await is_sprung(server)


@pytest.mark.parametrize("sql", IN_COOKIES)
async def test_a34_sql_for_a_cookie_opens_nothing(server: ServerMode, sql: str) -> None:
    headers = {"Cookie": f"spoonfeeder_refresh={sql}; other={sql}", "Origin": server.url}
    assert (await server.http.post("/api/auth/refresh", headers=headers)).status_code == 401
    assert (await server.http.post("/api/auth/logout", headers=headers)).status_code == 200
    assert (await server.http.get("/api/profiles", headers=headers)).status_code == 401
    assert not await is_sprung(server)


@pytest.mark.parametrize("sql", SQL)
async def test_a34_sql_for_a_workspace_finds_none(server: ServerMode, sql: str) -> None:
    for path in ("/api/profiles", "/api/stats", "/api/auth/me"):
        answer = await server.admin.get(path, headers={"X-Workspace": sql})
        assert (answer.status_code, answer.json()["code"]) == (404, "WORKSPACE_NOT_FOUND"), path
    assert not await is_sprung(server)


async def test_a34_sql_in_every_query_and_path(matrix: Matrix) -> None:
    wrong, tried = [], 0
    place = await matrix.place("owner")
    for operation in matrix.operations:
        parameters = [each for each in operation.document.get("parameters", ()) if each["in"] != "header"]
        few = sampled(parameters, f"{operation}", 4)
        for parameter, sql in (
            (each, sql) for each in few for sql in sampled(SQL[1:5], f"{operation} {each['name']}", 1)
        ):
            name, caller = parameter["name"], "server admin" if operation.policy == "server" else "owner"
            if parameter["in"] == "path":
                answer = await matrix.ask(operation, caller, place.with_value(name, sql))
            else:
                answer = await matrix.ask(operation, caller, place, params={name: sql})
            tried += 1
            if answer.status_code not in _allowed(parameter) or "trap" in answer.text.lower():
                wrong.append((str(operation), name, sql, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert tried > 250
    assert not await is_sprung(matrix.server)


def _allowed(parameter: dict[str, Any]) -> set[int]:
    """In free text it finds nothing; the rest has a form, which SQL has not."""
    if parameter["in"] == "path":
        return {400, 404, 405, 422}
    schemas = parameter["schema"].get("anyOf", [parameter["schema"]])
    schemas = [each.get("items", each) for each in schemas]
    is_text = any(each.get("type") == "string" and not each.keys() & {"format", "enum", "$ref"} for each in schemas)
    return {200, 400, 404, 422} if is_text else {400, 422}


async def test_a34_sql_in_what_signs_in(server: ServerMode) -> None:
    for sql in SQL:
        body = {"email": f"admin@example.com{sql}", "password": sql}
        assert (await server.http.post("/api/auth/login", json=body)).status_code in {401, 422}
        body = {"token": sql}
        for path in ("/api/invitations/look-up", "/api/invitations/accept"):
            assert (await server.http.post(path, json=body)).status_code in {401, 404, 422}
    assert not await is_sprung(server)
    await server.rows(f"SELECT {RUN}")
    assert await is_sprung(server), "the trap itself works"
    await server.rows("ALTER SEQUENCE trap RESTART")
