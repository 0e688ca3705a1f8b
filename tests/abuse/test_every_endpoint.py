"""Every operation of the OpenAPI document times everything wrong that its own schema lets one think of.

What is wrong with any JSON whatever the schema (NUL, NaN, 300 levels, 20 MB …) stands in test_a42_input.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from tests.abuse.refusals import CANARY, assert_refused
from tests.abuse.sampling import sampled
from tests.abuse.test_a35_addresses import ANY_ID
from tests.features.foreign import Foreign, insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

NO_ID = [CANARY, "0", "-1", "NaN", "null", "%F0%9F%A6%84", f"{ANY_ID}{CANARY}", "%27%20or%201=1", CANARY * 100]
NO_NUMBER = [CANARY, "", "NaN", "-1", "1.5", "1e999", "9" * 400, "0x10", "²"]
NO_TRUTH = [CANARY, "", "2", "null"]
NAMED = {
    "position": "0",
    "number": "1",
    "filename": "x",
    "model": "x",
    "model_id": "x",
    "name": "x",
    "provider": "gemini",
    "digest": "x",
}
"""Parts of addresses that are no ids."""
VALUES: dict[str, Any] = {
    "string": CANARY,
    "integer": 7,
    "number": 1.5,
    "boolean": True,
    "array": [CANARY],
    "object": {"x": CANARY},
}


class Operation(NamedTuple):
    method: str
    path: str
    content: dict[str, Any]
    parameters: list[dict[str, Any]]

    def filled(self, **values: Any) -> str:
        path = self.path
        for parameter in self.parameters:
            if parameter["in"] == "path":
                name = parameter["name"]
                path = path.replace(f"{{{name}}}", str(values.get(name, NAMED.get(name, ANY_ID))))
        return path


async def operations(api: Application) -> tuple[list[Operation], dict[str, Any]]:
    document = (await api.http.get("/api/openapi.json")).json()
    return [
        Operation(
            method.upper(), path, operation.get("requestBody", {}).get("content", {}), operation.get("parameters", [])
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ], document["components"]["schemas"]


async def test_an_id_of_the_wrong_form_is_refused(api: Application) -> None:
    for operation in (await operations(api))[0]:
        for parameter in operation.parameters:
            if parameter["in"] == "path" and parameter["schema"].get("format") == "uuid":
                for bad in sampled(NO_ID, f"{operation.method} {operation.path}", 1):
                    path = operation.filled(**{parameter["name"]: bad})
                    assert_refused(await api.http.request(operation.method, path), operation.method, path)


async def test_an_unknown_id_and_one_of_somebody_else_are_refused_alike(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    for operation in (await operations(api))[0]:
        named = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "path"}
        if not named:
            continue
        unknown = {name: uuid4() for name in named - NAMED.keys()}
        theirs = {name: _of(foreign, name) for name in named}
        never = await api.http.request(operation.method, operation.filled(**unknown))
        not_mine = await api.http.request(operation.method, operation.filled(**theirs))
        assert_refused(never, operation)
        assert (never.status_code, never.json()) == (not_mine.status_code, not_mine.json()), operation
        if not operation.content:
            assert never.status_code in {404, 409}, operation  # 409: nothing to restore


def _of(foreign: Foreign, name: str) -> Any:
    """A user belongs to no workspace, so there is no foreign one."""
    fixed = {"model_id": "theirs", "model": f"{foreign.profile_id}/theirs", "position": 0, "number": 1}
    fixed["provider"] = "gemini"
    return fixed[name] if name in fixed else getattr(foreign, name, None) or uuid4()


async def test_an_id_of_somebody_else_in_a_body_is_refused_like_an_unknown_one(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    graph = workflow("txt2img_sd15")
    made = await api.generate(await api.session(graph))
    own = {name: made[name] for name in ("profile_id", "workflow_id", "session_id")} | {"generation_id": made["id"]}
    tried = 0
    every, schemas = await operations(api)
    for operation in every:
        fields = _fields(operation, schemas)
        needed = {"workflow_json": graph} if "workflow_json" in fields and operation.method == "POST" else {}
        for name in fields:
            theirs = getattr(foreign, name.removeprefix("current_"), None)
            if name.endswith("_id") and theirs is not None and name not in operation.path:
                not_mine, never = [
                    await api.http.request(operation.method, operation.filled(**own), json={**needed, name: str(given)})
                    for given in (theirs, uuid4())
                ]
                assert_refused(not_mine, operation.method, operation.path, name)
                assert (never.status_code, never.json()) == (not_mine.status_code, not_mine.json()), operation
                tried += 1
    assert tried >= 10


async def test_queries_of_the_wrong_type_are_refused(api: Application) -> None:
    tried = 0
    for operation in (await operations(api))[0]:
        for parameter in operation.parameters:
            bads = _no_query(parameter["schema"]) if parameter["in"] == "query" else []
            for bad in sampled(bads, operation.path + parameter["name"], 1):
                answer = await api.http.request(operation.method, operation.filled(), params={parameter["name"]: bad})
                assert_refused(answer, operation.method, operation.path, parameter["name"], bad[:50])
                tried += 1
    assert tried > 50


def _no_query(schema: dict[str, Any]) -> list[str]:
    choices = schema.get("anyOf", [schema])
    kinds = {(choice.get("type"), choice.get("format")) for choice in choices}
    if ("integer", None) in kinds:
        return NO_NUMBER
    if ("boolean", None) in kinds:
        return NO_TRUTH
    if ("string", "uuid") in kinds:
        return [CANARY, "0", ANY_ID + CANARY, "\x00"]
    return [CANARY * 600, "\x00"]


async def test_fields_of_the_wrong_type_are_refused(api: Application) -> None:
    tried = 0
    every, schemas = await operations(api)
    for operation in every:
        for name, schema in _fields(operation, schemas).items():
            for bad in sampled(_no_value(schema, schemas), operation.path + name, 1):
                answer = await api.http.request(operation.method, operation.filled(), json={name: bad})
                assert_refused(answer, operation.method, operation.path, name, bad)
                tried += 1
    assert tried > 200


def _fields(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    reference = operation.content.get("application/json", {}).get("schema", {}).get("$ref", "")
    fields: dict[str, Any] = schemas.get(reference.rpartition("/")[2], {}).get("properties", {})
    return fields


def _no_value(schema: dict[str, Any], schemas: dict[str, Any]) -> list[Any]:
    """Values of every JSON type that the schema does not allow."""
    allowed = set(_types(schema, schemas))
    if "number" in allowed:
        allowed.add("integer")
    return [value for kind, value in VALUES.items() if kind not in allowed]


def _types(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "type" in schema:
        yield schema["type"]
    for choice in schema.get("anyOf", ()):
        yield from _types(choice, schemas)


MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
FORMS = {
    "empty": (b"", MULTIPART),
    "broken": (PART.replace(b"form-data", b"form\x00data") + b"\r\n--x--", MULTIPART),
    "cut off": (PART[:60], MULTIPART),
    "no boundary": (PART + b"\r\n--x--\r\n", {"Content-Type": "multipart/form-data"}),
    "no file": (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--x--\r\n', MULTIPART),
    "json": (b'{"file": "x"}', {"Content-Type": "application/json"}),
    "20 MB": (PART + b"\x00" * 20_000_000 + b"\r\n--x--\r\n", MULTIPART),
}


@pytest.mark.parametrize("name", FORMS)
async def test_forms_and_files_that_are_none_are_refused(api: Application, name: str) -> None:
    content, headers = FORMS[name]
    tried = 0
    for operation in (await operations(api))[0]:
        if operation.content and "application/json" not in operation.content:
            answer = await api.http.request(operation.method, operation.filled(), content=content, headers=headers)
            assert_refused(answer, operation.method, operation.path)
            tried += 1
    assert tried >= 3
