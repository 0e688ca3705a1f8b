"""A24, R43: every route declares one policy, and a public one is known to be public."""

from pathlib import Path

from fastapi.routing import APIRoute, iter_route_contexts

from spoonfeeder.app import create_api
from spoonfeeder.core.settings import Settings
from spoonfeeder.openapi import policies_of, served
from tests.abuse.matrix import HIDDEN

PUBLIC = {
    "GET /",
    "GET /api/health",
    "GET /api/health/live",
    "GET /api/health/ready",
    "GET /api/auth/status",
    "POST /api/auth/setup",
    "POST /api/auth/login",
    "POST /api/auth/refresh",
    "POST /api/auth/logout",
    "POST /api/invitations/look-up",
    "POST /api/invitations/accept",
}
BESIDE: set[str] = set()
"""What is served and is no route of FastAPI, by its path."""


def test_every_route_has_one_policy_and_the_public_ones_are_known(tmp_path: Path) -> None:
    api = create_api(Settings(_env_file=None, SPOONFEEDER_HOME=tmp_path))
    routes = {f"{method} {route.path_format}": route for route in served(api) for method in route.methods or ()}
    policies = {name: [policy.name for policy in policies_of(route)] for name, route in routes.items()}

    assert {name: found for name, found in policies.items() if len(found) != 1} == {}
    assert {name for name, found in policies.items() if found == ["public"]} == PUBLIC
    assert {name: policies[name][0] for name, route in routes.items() if not route.include_in_schema} == HIDDEN


def test_nothing_is_served_beside_the_routes(tmp_path: Path) -> None:
    """A mounted application or a plain Starlette route would have no policy."""
    api = create_api(Settings(_env_file=None, SPOONFEEDER_HOME=tmp_path))
    every = [context.original_route for context in iter_route_contexts(api.routes)]
    assert {str(getattr(route, "path", route)) for route in every if not isinstance(route, APIRoute)} == BESIDE
