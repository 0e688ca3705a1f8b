"""A25: a body that names columns which are not the caller's to set, sent to every operation that takes a body."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from pydantic.alias_generators import to_snake

from tests.abuse.bodies import body_of
from tests.abuse.matrix import Matrix, Operation
from tests.abuse.populated import Place

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOMENT = "1999-12-31T23:59:59Z"
NUMBER = 987654321
OTHERWISE = {
    "set_up": {409},
    "stop_message": {409},
    "verify_generation": {409},
    "add_profile_key": {422},
    "make_variations": {422},
    "accept_invitation": {200, 403, 409},
}
NOTHING_SAVED = {"test_connection"}
FREE = {"put_parameters", "merge_parameters", "create_completion", "create_embeddings"}
"""Their names are those of parameters, stored in one column and nowhere else, or of options for a provider."""


@pytest.fixture
def columns() -> dict[str, Any]:
    """What nobody may set, with values that occur nowhere else."""
    return {
        **dict.fromkeys(("owner_id", "user_id", "created_by", "accepted_by"), str(uuid4())),
        **dict.fromkeys(("workspace_id", "default_workspace_id", "id", "rerun_of", "batch_id"), str(uuid4())),
        **dict.fromkeys(("created_at", "updated_at", "deleted_at", "started_at", "lease_until", "expires_at"), MOMENT),
        **dict.fromkeys(("fence", "token_epoch", "version", "run", "attempt", "generation_count"), NUMBER),
        **dict.fromkeys(("owner", "password_hash", "api_key", "token_sha256", "storage_key"), f"evil-{uuid4()}"),
        "role": "admin",
        "status": "cancelled",
        "is_admin": True,
        "active": False,
        "scopes": ["admin"],
        "workspaceId": str(uuid4()),
    }


def writes(matrix: Matrix) -> Iterator[tuple[Operation, set[str], set[str]]]:
    """Every operation with a body: its own fields, and those that its answer shows."""
    for operation in matrix.operations:
        content = operation.document.get("requestBody", {}).get("content", {})
        for media_type in content.keys() & {"application/json", "multipart/form-data"}:
            if operation.name not in FREE:
                yield operation, fields(matrix, content[media_type]["schema"]), shown(matrix, operation)


def shown(matrix: Matrix, operation: Operation) -> set[str]:
    good = next(answer for status, answer in operation.document["responses"].items() if status < "300")
    return fields(matrix, good["content"].get("application/json", {}).get("schema", {}))


def fields(matrix: Matrix, schema: dict[str, Any]) -> set[str]:
    """The names of an object, through references and, of an answer, inside its `data`."""
    if "$ref" in schema:
        return fields(matrix, matrix.schemas[schema["$ref"].rpartition("/")[2]])
    names = schema.get("properties", {})
    if "data" in names:
        return fields(matrix, names["data"])
    return set(names).union(*(fields(matrix, choice) for choice in schema.get("anyOf", ())))


async def ask(matrix: Matrix, operation: Operation, place: Place, extra: dict[str, Any]) -> httpx2.Response:
    caller = "server admin" if operation.policy == "server" else "owner"
    crew = await matrix.crew_for(operation)
    usual = body_of(operation.name, place)
    if "files" in usual:
        return await matrix.ask(operation, caller, place, crew, data={key: str(value) for key, value in extra.items()})
    return await matrix.ask(operation, caller, place, crew, json=usual.get("json", {}) | extra)


async def places_of(matrix: Matrix, value: str) -> list[str]:
    """The tables in which a value stands in any column but the free ones."""
    tables = await matrix.server.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    parts = [
        f"SELECT '{row['tablename']}' AS name FROM {row['tablename']} t"
        " WHERE (to_jsonb(t) - 'default_parameters')::text LIKE :value"
        for row in tables
    ]
    return [row["name"] for row in await matrix.server.rows(" UNION ".join(parts), value=f"%{value}%")]


async def test_a25_no_column_can_be_set_that_is_not_a_field(matrix: Matrix, columns: dict[str, Any]) -> None:
    tried = 0
    wrong: list[tuple[Any, ...]] = []
    place = await matrix.place("owner")
    for operation, own, answered in writes(matrix):
        extra = {name: value for name, value in columns.items() if to_snake(name) not in own}
        tried += len(extra)
        is_form = "files" in body_of(operation.name, place)
        if not is_form:
            refused = await ask(matrix, operation, place, extra)
            named = {detail["loc"] for detail in refused.json().get("details", ())}
            if refused.status_code != 422 or not named:
                wrong.append((str(operation), refused.status_code, refused.text[:300]))
            extra = {name: value for name, value in extra.items() if name not in named}
        may_be_ignored = set(extra) if is_form or operation.name in NOTHING_SAVED else answered
        if not extra.keys() <= may_be_ignored:
            wrong.append((str(operation), "does not refuse", extra.keys() - may_be_ignored))
        answer = await ask(matrix, operation, place, extra)
        if answer.status_code not in OTHERWISE.get(operation.name, {200, 201}):
            wrong.append((str(operation), "with what it ignores", answer.status_code, answer.text[:300]))
        elif taken := {name for name in extra if (answer.json().get("data") or {}).get(name) == extra[name]}:
            wrong.append((str(operation), "took", taken))
    assert wrong == []
    assert tried > 300
    for value in {str(value) for value in columns.values() if len(str(value)) > 8}:
        assert await places_of(matrix, value.removesuffix("T23:59:59Z")) == [], value
