"""The OpenAPI document: what the routes say, the refusals any operation may give, and every event of the sockets."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from spoonfeeder.core.schema import Failure
from spoonfeeder.realtime.events import EVENTS, Event

_COMPONENTS = "#/components/schemas/"
_ALWAYS = (400, 403, 414, 421, 422, 431, 503)
_OF_BODIES = (408, 409, 413, 415)


class Api(FastAPI):
    """A FastAPI whose document names our error envelope and the events of Socket.IO."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            _add_events(document)
            _add_failures(document)
        return super().openapi()


def _add_events(document: dict[str, Any]) -> None:
    """`x-events`: by name the schema of the payload and the rooms it goes to."""
    models: list[type[BaseModel]] = [Failure, *EVENTS.values()]
    _, made = models_json_schema([(model, "serialization") for model in models], ref_template=f"{_COMPONENTS}{{model}}")
    document["components"]["schemas"] |= made["$defs"]
    document["x-events"] = {
        name: {"$ref": f"{_COMPONENTS}{event.__name__}", "rooms": _rooms(event)} for name, event in EVENTS.items()
    }


def _rooms(event: type[Event]) -> list[str]:
    """The rooms by pattern: with the names of the ids in the place of the ids."""
    names: dict[str, Any] = {"id": "{id}", "session_id": "{session_id}", "workspace_id": "{workspace_id}"}
    return event.model_construct(**names).rooms()


def _add_failures(document: dict[str, Any]) -> None:
    for operations in document["paths"].values():
        for method, operation in operations.items():
            wanted = {*_ALWAYS, *(_OF_BODIES if method != "get" else ())}
            if "parameters" in operation or "requestBody" in operation:
                wanted.add(404)
            kept = {status: answer for status, answer in operation["responses"].items() if status != "422"}
            operation["responses"] = dict(
                sorted({**{str(status): _failure(status) for status in wanted}, **kept}.items())
            )
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)


def _failure(status: int) -> dict[str, Any]:
    schema = {"$ref": f"{_COMPONENTS}{Failure.__name__}"}
    return {"description": HTTPStatus(status).phrase, "content": {"application/json": {"schema": schema}}}
