"""A route is the same one that Starlette would find by trying all of them in turn."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match

from spoonfeeder.app import ROUTES
from spoonfeeder.core.routing import Router, RouteTable

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
VALUES = ("7", "0b7b1b6e-9f6e-4f0e-8f0a-2f6f3c1d5e11", "all", "a:b c.png")


def paths() -> Iterator[str]:
    for route in ROUTES.routes:
        for value in VALUES:
            path = re.sub(r"{[^}]+}", value, route.path_format)
            yield from (path, f"{path}/", f"{path}/x", path.rpartition("/")[0], path.replace("/", "//", 1))


def first_of(fitting: list[APIRoute], scope: dict[str, Any]) -> tuple[Match, Any]:
    found = [route.matches(scope) for route in fitting]
    for wanted in (Match.FULL, Match.PARTIAL):
        for match, child_scope in found:
            if match is wanted:
                return match, child_scope
    return Match.NONE, {}


def test_every_operation_is_found_as_by_trying_all() -> None:
    reached: set[tuple[str, str]] = set()
    for path in set(paths()):
        fitting = [route for route in ROUTES.routes if route.path_regex.match(path)]
        for method in METHODS:
            scope = {"type": "http", "path": path, "method": method, "headers": []}
            match, child_scope = ROUTES.matches(scope)
            assert (match, child_scope) == first_of(fitting, scope), f"{method} {path}"
            if match is Match.FULL:
                reached.add((method, child_scope["route"].path_format))

    assert {(method, route.path_format) for route in ROUTES.routes for method in route.methods or ()} <= reached
    assert ROUTES.matches({"type": "websocket", "path": ROUTES.routes[0].path})[0] is Match.NONE


def application() -> FastAPI:
    router = Router(prefix="/things")

    @router.get("/{name}")
    async def one(name: str) -> list[str]:
        return ["one", name]

    @router.post("/{name}")
    async def change(name: str) -> list[str]:
        return ["change", name]

    @router.get("/all")
    async def late() -> list[str]:
        return ["late"]

    @router.get("/files/{path:path}")
    async def file(path: str) -> list[str]:
        return ["file", path]

    @router.get("/files/{path}.txt/size")
    async def size(path: str) -> list[str]:
        return ["size", path]

    app = FastAPI(openapi_url=None)
    app.router.routes.append(RouteTable([router]))
    return app


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/things/a", 200, ["one", "a"]),
        ("POST", "/things/a", 200, ["change", "a"]),
        ("GET", "/things/all", 200, ["one", "all"]),
        ("GET", "/things/files/a/b.txt", 200, ["file", "a/b.txt"]),
        ("GET", "/things/files/", 200, ["file", ""]),
        ("GET", "/things/files/a.txt/size", 200, ["file", "a.txt/size"]),
        ("GET", "/things/a/b", 404, None),
        ("GET", "/things/a/", 307, None),
        ("GET", "/other", 404, None),
        ("DELETE", "/things/a", 405, None),
    ],
)
async def test_the_first_that_fits_answers(method: str, path: str, status: int, body: list[str] | None) -> None:
    transport = httpx2.ASGITransport(app=application())
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        answer = await http.request(method, path)

    assert answer.status_code == status
    assert body is None or answer.json() == body
    assert status != 405 or answer.headers["Allow"] == "GET"


def test_a_router_inside_of_another_is_refused() -> None:
    outer, inner = Router(prefix="/outer"), Router()
    inner.get("/inner")(lambda: None)
    outer.include_router(inner)
    with pytest.raises(TypeError, match="no plain route"):
        RouteTable([outer])


def test_operations_are_named_after_their_handlers() -> None:
    [first] = [route for route in application().routes if isinstance(route, RouteTable)]
    assert [route.unique_id for route in first.routes if isinstance(route, APIRoute)][:3] == ["one", "change", "late"]
