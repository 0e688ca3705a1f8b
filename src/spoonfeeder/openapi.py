"""The OpenAPI document: what the routes say, the refusals any operation may give, and every event of the sockets."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from threading import Lock
from typing import Any, ClassVar

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from spoonfeeder.core.error_forms import OPENAI_DOOR, OpenAIFailure
from spoonfeeder.core.routing import RouteTable
from spoonfeeder.core.schema import Failure
from spoonfeeder.features.auth.policy import PUBLIC, Policy
from spoonfeeder.realtime.events import EVENTS, Event

_COMPONENTS = "#/components/schemas/"
_ALWAYS = (400, 403, 414, 421, 422, 429, 431, 503)
_OF_BODIES = (408, 409, 413, 415)
_OF_SIGNED_IN = (401, 404)
_OF_OPENAI = (402, 409, 502, 504)
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": (
        "With AUTH=required: an API key (sf_…) or the access token of a login. The header X-Workspace chooses one of "
        "your workspaces. In local mode nothing is needed."
    ),
}


class Api(FastAPI):
    """A FastAPI whose document names our error envelope and the events of Socket.IO."""

    _document: ClassVar[dict[str, Any] | None] = None
    _writing: ClassVar[Lock] = Lock()

    @property
    def routes(self) -> list[BaseRoute]:
        """Those that a table holds one by one, as FastAPI's document takes them."""
        tables = (route.routes if isinstance(route, RouteTable) else [route] for route in self.router.routes)
        return [route for routes in tables for route in routes]

    def openapi(self) -> dict[str, Any]:
        """Takes a second, once in a process: every application has the same routes."""
        with Api._writing:
            if Api._document is None:
                document = super().openapi()
                _add_events(document)
                _add_policies(document, served(self))
                _add_failures(document)
                Api._document = document
        return Api._document


def _add_events(document: dict[str, Any]) -> None:
    """`x-events`: by name the schema of the payload and the rooms it goes to."""
    models: list[type[BaseModel]] = [Failure, OpenAIFailure, *EVENTS.values()]
    _, made = models_json_schema([(model, "serialization") for model in models], ref_template=f"{_COMPONENTS}{{model}}")
    document["components"]["schemas"] |= made["$defs"]
    document["x-events"] = {
        name: {"$ref": f"{_COMPONENTS}{event.__name__}", "rooms": _rooms(event)} for name, event in EVENTS.items()
    }


def _rooms(event: type[Event]) -> list[str]:
    """The rooms by pattern: with the names of the ids in the place of the ids."""
    names: dict[str, Any] = {"id": "{id}", "session_id": "{session_id}", "workspace_id": "{workspace_id}"}
    return event.model_construct(**names).rooms()


def served(api: FastAPI) -> Iterator[RouteContext]:
    """Every route of ours, with its whole path."""
    return (route for route in iter_route_contexts(api.routes) if isinstance(route.original_route, APIRoute))


def policies_of(route: RouteContext) -> list[Policy]:
    """What the handler's parameters and dependencies ask of the caller; a route must have exactly one."""
    return [call.policy for call in _calls(route.dependant) if isinstance(getattr(call, "policy", None), Policy)]


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def _add_policies(document: dict[str, Any], routes: Iterable[RouteContext]) -> None:
    """`x-policy`: which of the policies of docs/api.md, "Who may do what", an operation has."""
    document["components"]["securitySchemes"] = {"bearer": _BEARER}
    for route in routes:
        for method in (route.methods or ()) if route.include_in_schema else ():
            operation = document["paths"][route.path_format][method.lower()]
            (policy,) = policies_of(route)
            operation["x-policy"] = policy.name
            operation["security"] = [] if policy is PUBLIC else [{"bearer": []}]


def _add_failures(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            wanted = {*_ALWAYS, *(_OF_BODIES if method != "get" else ())}
            if operation["security"]:
                wanted |= {*_OF_SIGNED_IN}
            if "parameters" in operation or "requestBody" in operation:
                wanted.add(404)
            model: type[BaseModel] = Failure
            if path.startswith(f"{OPENAI_DOOR}/"):
                model, wanted = OpenAIFailure, {*wanted, *_OF_OPENAI} - {422}
            kept = {status: answer for status, answer in operation["responses"].items() if status != "422"}
            operation["responses"] = dict(
                sorted({**{str(status): _failure(status, model) for status in wanted}, **kept}.items())
            )
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)


def _failure(status: int, model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": f"{_COMPONENTS}{model.__name__}"}
    return {"description": HTTPStatus(status).phrase, "content": {"application/json": {"schema": schema}}}
