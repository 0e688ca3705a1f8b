"""How often a link may be tried."""

from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.core.settings import RateLimiting
from tests.features.people.asking import ask
from tests.fixtures.server_mode import PASSWORD, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def server_settings() -> dict[str, Any]:
    return {"rate_limits": RateLimiting.ON, "limit_login": "3/hour"}


async def test_tries_to_accept_a_link_are_counted_as_tries_to_sign_in(server: ServerMode) -> None:
    person = await server.stranger()
    path = f"/workspaces/{person.workspace_id}/invitations"
    tokens = [(await ask(person, "POST", path, 201))["token"] for _ in range(2)]
    guess = {"token": tokens[0], "email": person.email, "name": "Ada", "password": PASSWORD}

    answers = [await server.http.post("/api/invitations/accept", json=guess) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [409, 409, 409, 429]
    assert answers[3].json()["code"] == "RATE_LIMITED"
    assert int(answers[3].headers["Retry-After"]) > 0
    other = guess | {"token": tokens[1], "email": f"{uuid4().hex}@example.com"}
    assert (await server.http.post("/api/invitations/accept", json=other)).status_code == 200


async def test_made_up_tokens_are_answered_without_being_counted_there(server: ServerMode) -> None:
    for _ in range(5):
        assert await ask(server.http, "POST", "/invitations/accept", 404, token=uuid4().hex) == "INVITATION_NOT_FOUND"
