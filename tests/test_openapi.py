"""The OpenAPI document as a client generator meets it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.app import create_api
from spoonfeeder.core.settings import Settings
from spoonfeeder.realtime.events import EVENTS
from tests.realtime.make_events import completed, progress


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home: Path = tmp_path_factory.mktemp("home")
    return create_api(Settings(_env_file=None, SPOONFEEDER_HOME=home)).openapi()


@pytest.fixture
def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in document["paths"].values() for operation in methods.values()]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def test_it_is_made_once_for_all_applications(document: dict[str, Any], tmp_path: Path) -> None:
    assert create_api(Settings(_env_file=None, SPOONFEEDER_HOME=tmp_path)).openapi() is document


def test_operations_have_short_names_of_their_own_and_a_tag(operations: list[dict[str, Any]]) -> None:
    names = [operation["operationId"] for operation in operations]

    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+){0,4}", name)] == []
    assert [operation["operationId"] for operation in operations if len(operation.get("tags", [])) != 1] == []


def test_every_failure_is_our_envelope_or_that_of_openai(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        form, invalid = ("OpenAIFailure", "400") if path.startswith("/v1/") else ("Failure", "422")
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{form}"}}}
        for operation in operations.values():
            failures = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
            assert {status for status, answer in failures.items() if answer.get("content") != content} == set(), path
            assert invalid in failures, path
    assert not document["components"]["schemas"].keys() & {"HTTPValidationError", "ValidationError"}


def test_references_lead_somewhere_and_every_operation_has_a_policy(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert {name for name in references(document) if name.removeprefix("#/components/schemas/") not in schemas} == set()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            is_public = operation["x-policy"] == "public"
            assert operation["security"] == ([] if is_public else [{"bearer": []}]), path
            assert is_public or "401" in operation["responses"], path


def test_every_event_stands_in_the_document(document: dict[str, Any]) -> None:
    told = document["x-events"]

    assert told.keys() == EVENTS.keys()
    assert told["generation:progress"]["rooms"] == ["generation:{id}", "session:{session_id}"]
    assert told["generation:completed"]["rooms"][-1] == "workspace:{workspace_id}"
    assert told["task:progress"]["rooms"] == ["task:{id}"]


def test_an_events_schema_names_what_the_wire_carries(document: dict[str, Any]) -> None:
    for event in (progress(uuid4(), n=1, percent=5), completed(uuid4())):
        name = document["x-events"][event.name]["$ref"].removeprefix("#/components/schemas/")
        assert event.payload().keys() == document["components"]["schemas"][name]["properties"].keys()
