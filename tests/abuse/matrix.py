"""The operations of the OpenAPI document, and how to call one of them as anybody."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx2
import pytest_asyncio

from tests.abuse.bodies import body_of
from tests.abuse.populated import BY_HEADER, KEYS, OTHERS, ROLES, Crew, Place, Populator
from tests.fixtures.server_mode import ServerMode

CALLERS = ("anonymous", *ROLES, *OTHERS, *KEYS, f"stranger{BY_HEADER}")
HIDDEN = {"GET /api/openapi.json": "self:read", "GET /metrics": "server"}
"""Routes that are not in the document."""
OF_NO_WORKSPACE = {"public", "self:read", "self:write", "server"}
CHANGING_THE_CALLER = {"logout", "logout_everywhere", "change_password", "accept_invitation"}


class Operation(NamedTuple):
    method: str
    path: str
    name: str
    policy: str
    document: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def restores(self) -> str | None:
        return f"{self.name.removeprefix('restore_')}_id" if self.name.startswith("restore_") else None

    @property
    def uses_its_row_up(self) -> bool:
        """A preview is kept for a minute only."""
        gone = ("restore_", "cancel_", "leave_", "accept_", "get_preview")
        return self.method == "DELETE" or self.name.startswith(gone)


class Matrix(NamedTuple):
    server: ServerMode
    populator: Populator
    crew: Crew
    operations: list[Operation]
    schemas: dict[str, Any]

    async def ask(
        self, operation: Operation, caller: str, place: Place, crew: Crew | None = None, **changed: Any
    ) -> httpx2.Response:
        """With a body that the operation takes, unless it is `changed`."""
        path = operation.path
        for name, value in place.ids.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        assert "{" not in path, f"populated.py has no value for a parameter of {path}"
        sent = body_of(operation.name, place) | changed
        headers = (crew or self.crew).headers(caller) | sent.pop("headers", {})
        if caller != "stranger" and operation.policy not in OF_NO_WORKSPACE:
            headers["X-Workspace"] = str(place.ids["workspace_id"])
        answer = await self.server.http.request(operation.method, path, headers=headers, **sent)
        self.server.http.cookies.clear()
        return answer

    async def crew_for(self, operation: Operation) -> Crew:
        return await self.populator.crew() if operation.name in CHANGING_THE_CALLER else self.crew

    async def place(self, caller: str, operation: Operation | None = None) -> Place:
        """What belongs to one user there is the caller's. A restore finds its row deleted."""
        me = self.crew.user_of(caller) if caller != "anonymous" else None
        return await self.populator.place(self.crew, me, deleted=operation.restores if operation else None)

    async def tables(self) -> dict[str, Any]:
        """How many rows each table has, and what is in them; the API log, which notes refusals too, is left out."""
        names = await self.server.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'api_log'"
        )
        parts = (
            f"SELECT '{name}' AS name, count(*) AS rows, md5(string_agg(row, '' ORDER BY row)) AS content"
            f" FROM (SELECT md5((to_jsonb(t) - 'last_used_at')::text) AS row FROM {name} t) each"
            for name in (row["table_name"] for row in names)
        )
        rows = await self.server.rows(" UNION ALL ".join(parts))
        return {row["name"]: (row["rows"], row["content"]) for row in rows}


def told_status(answer: httpx2.Response) -> Any:
    """As the body of a refusal tells it; OpenAI's form under `/v1` has none."""
    body = answer.json()
    return answer.status_code if body.keys() == {"error"} else body["statusCode"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def matrix(server: ServerMode) -> AsyncIterator[Matrix]:
    populator = await Populator.on(server)
    document = (await server.admin.get("/api/openapi.json")).json()
    operations = [
        Operation(method.upper(), path, operation["operationId"], operation["x-policy"], operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    hidden = [Operation("GET", name.removeprefix("GET "), "", policy, {}) for name, policy in HIDDEN.items()]
    crew = await populator.crew()
    yield Matrix(server, populator, crew, [*operations, *hidden], document["components"]["schemas"])
