"""A24: every operation of the OpenAPI document, times everybody who may call it or may not.

What is right stands here in `ALLOWED`, written down and not read from the code.
"""

from collections.abc import AsyncIterator
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx2
import pytest
import pytest_asyncio

from tests.abuse.bodies import body_of
from tests.abuse.populated import BY_HEADER, KEYS, OTHERS, ROLES, Crew, Place, Populator
from tests.abuse.test_a24_routes import HIDDEN
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


CALLERS = ("anonymous", *ROLES, *OTHERS, *KEYS, f"stranger{BY_HEADER}")
SIGNED_IN = set(CALLERS) - {"anonymous"}
READERS = {"viewer", "member", "admin", "owner", "read key", "write key", "admin key"}
WRITERS = READERS - {"viewer", "read key"}
MANAGERS = {"admin", "owner", "admin key"}
ALLOWED = {
    "public": set(CALLERS),
    "self:read": SIGNED_IN,
    "self:write": SIGNED_IN - {"read key", "write key", "server admin's write key"},
    "read": READERS,
    "media": READERS,
    "write": WRITERS,
    "generate": WRITERS,
    "manage": MANAGERS,
    "members:read": READERS,
    "people": MANAGERS,
    "owner": {"owner", "admin key"},
    "server": {"server admin", "server admin's admin key"},
}
OF_NO_WORKSPACE = {"public", "self:read", "self:write", "server"}
OUTSIDERS = {*OTHERS, f"stranger{BY_HEADER}", "server admin's write key", "server admin's admin key"}
OF_THE_OWNER = {"owner", "read key", "write key", "admin key"}
OWN = {"{key_id}": OF_THE_OWNER, "{login_id}": OF_THE_OWNER, "{workspace_id}": READERS}
"""Whose a row is that a policy without a workspace leads to."""
ENDING_LOGINS = {"logout", "logout_everywhere", "change_password"}
OTHERWISE = {
    "refresh_login": {401},  # without a cookie
    "set_up": {409},
    "accept_invitation": {200, 403, 409, 422},  # tests/features/people
    "delete_workspace": {409},  # it is not empty
    "leave_workspace": {200, 409},  # its last owner stays
}


class Operation(NamedTuple):
    method: str
    path: str
    name: str
    policy: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names_a_row(self) -> bool:
        return "{" in self.path

    @property
    def own_parts(self) -> list[str]:
        return self.path.split("/") if self.policy.startswith("self:") else []

    @property
    def restores(self) -> str | None:
        return f"{self.name.removeprefix('restore_')}_id" if self.name.startswith("restore_") else None

    @property
    def uses_its_row_up(self) -> bool:
        return self.method == "DELETE" or self.name.startswith(("restore_", "cancel_", "leave_", "accept_"))

    def answer_for(self, caller: str) -> int | None:
        """The status of a refusal, None where the caller is let in."""
        if caller in ALLOWED[self.policy]:
            return 404 if any(part in OWN and caller not in OWN[part] for part in self.own_parts) else None
        if caller == "anonymous":
            return 401
        if caller in OUTSIDERS and self.policy not in OF_NO_WORKSPACE:
            return None if caller == "stranger" and not self.names_a_row else 404
        return 403


class Matrix(NamedTuple):
    server: ServerMode
    populator: Populator
    crew: Crew
    operations: list[Operation]

    async def ask(self, operation: Operation, caller: str, place: Place, crew: Crew | None = None) -> httpx2.Response:
        path = operation.path
        for name, value in place.ids.items():
            path = path.replace(f"{{{name}}}", quote(str(value)))
        assert "{" not in path, f"populated.py has no value for a parameter of {path}"
        sent = body_of(operation.name, place)
        headers = (crew or self.crew).headers(caller) | sent.pop("headers", {})
        if caller != "stranger" and operation.policy not in OF_NO_WORKSPACE:
            headers["X-Workspace"] = str(place.workspace_id)
        import time

        t = time.perf_counter()
        answer = await self.server.http.request(operation.method, path, headers=headers, **sent)
        if (d := time.perf_counter() - t) > 2:
            print("SLOW", d, operation, caller, answer.status_code, answer.text[:100])
        self.server.http.cookies.clear()
        return answer

    async def place(self, caller: str, operation: Operation | None = None) -> Place:
        """What belongs to one user there is the caller's. A restore finds its row deleted."""
        me = self.crew.user_of(caller) if caller in SIGNED_IN else None
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def matrix(server: ServerMode) -> AsyncIterator[Matrix]:
    populator = await Populator.on(server)
    document = (await server.admin.get("/api/openapi.json")).json()
    operations = [
        Operation(method.upper(), path, operation["operationId"], operation["x-policy"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    hidden = [Operation(name.split(" ")[0], name.split(" ")[1], "", policy) for name, policy in HIDDEN.items()]
    yield Matrix(server, populator, await populator.crew(), [*operations, *hidden])


async def test_a24_who_may_not_is_refused_and_changes_nothing(matrix: Matrix) -> None:
    wrong: list[tuple[Any, ...]] = []
    shared = await matrix.place("owner")
    for operation in matrix.operations:
        place = await matrix.place("owner", operation) if operation.restores else shared
        before = await matrix.tables()
        for caller in CALLERS:
            status = operation.answer_for(caller)
            if status is None:
                continue
            answer = await matrix.ask(operation, caller, place)
            if answer.status_code != status or answer.json()["statusCode"] != status:
                wrong.append((str(operation), caller, answer.status_code, status))
            elif status == 404 and _said(answer) != _said(await matrix.ask(operation, caller, place.missing())):
                wrong.append((str(operation), caller, "is told that the row exists", answer.text))
            elif status == 401 and answer.headers["www-authenticate"] != "Bearer":
                wrong.append((str(operation), caller, "is not told how to sign in"))
        after = await matrix.tables()
        if after != before:
            wrong.append((str(operation), "changed", [name for name in after if after[name] != before[name]]))
    for w in wrong:
        print("WRONG", w)
    assert wrong == []


def _said(answer: httpx2.Response) -> Any:
    return answer.status_code, answer.content


async def test_a24_who_may_is_let_in(matrix: Matrix) -> None:
    wrong: list[tuple[Any, ...]] = []
    shared = await matrix.place("owner")
    for operation, caller in product(matrix.operations, CALLERS):
        if operation.answer_for(caller) is not None:
            continue
        crew = await matrix.populator.crew() if operation.name in ENDING_LOGINS else matrix.crew
        place = await matrix.place(caller, operation) if operation.uses_its_row_up else shared
        answer = await matrix.ask(operation, caller, place, crew)
        if caller == "stranger" and operation.policy not in OF_NO_WORKSPACE:
            if not _is_of_their_own(answer, place):
                wrong.append((str(operation), caller, answer.status_code, answer.text[:200]))
        elif answer.status_code not in OTHERWISE.get(operation.name, {200, 201}):
            wrong.append((str(operation), caller, answer.status_code, answer.text[:200]))
    for w in wrong:
        print("WRONG", w)
    assert wrong == []


def _is_of_their_own(answer: httpx2.Response, foreign: Place) -> bool:
    """Let in, but to a workspace of their own, where there is nothing of this one."""
    seen = [name for name, value in foreign.ids.items() if name.endswith("_id") and str(value) in answer.text]
    return answer.status_code < 500 and answer.status_code not in {401, 403} and seen == []
