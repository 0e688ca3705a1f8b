"""A server always has somebody who can administer it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.features.people.asking import ask
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEMOTED: dict[str, Any] = {"role": "member"}
DEACTIVATED: dict[str, Any] = {"active": False}


@pytest.mark.parametrize("change", [DEMOTED, DEACTIVATED])
async def test_the_only_admin_stays(server: ServerMode, change: dict[str, Any]) -> None:
    path = f"/users/{server.admin.user_id}"
    await server.person(is_admin=True, active=True, password_hash=None)  # nobody can sign in as this one

    assert await ask(server.admin, "PATCH", path, 409, **change) == "LAST_ADMIN"
    assert await ask(server.admin, "DELETE", path, 409) == "LAST_ADMIN"
    await ask(server.admin, "PATCH", path, name="Still here", role="admin", active=True)


async def test_an_admin_goes_once_there_is_another(server: ServerMode) -> None:
    deputy = await server.person(is_admin=True)

    await ask(deputy, "PATCH", f"/users/{deputy.user_id}", **DEMOTED)

    assert await ask(await server.sign_in(deputy.user_id), "GET", "/users", 403) == "FORBIDDEN"


@pytest.mark.parametrize("change", [DEMOTED, DEACTIVATED])
async def test_of_admins_who_take_each_others_rights_at_once_one_is_left(
    server: ServerMode, change: dict[str, Any]
) -> None:
    for _ in range(3):
        admins = [server.admin, *[await server.person(is_admin=True) for _ in range(3)]]

        async def take_from(giver: Person, other: UUID) -> int:
            return (await giver.patch(f"/api/users/{other}", json=change)).status_code

        turns = zip(admins, [*admins[1:], admins[0]], strict=True)
        statuses = await asyncio.gather(*(take_from(giver, other.user_id) for giver, other in turns))

        ids = [admin.user_id for admin in admins]
        left = await server.rows("SELECT id FROM users WHERE id = ANY(:ids) AND role = 'admin' AND active", ids=ids)
        assert len(left) == len(admins) - statuses.count(200) >= 1
        assert set(statuses) <= {200, 401, 403, 409}
        await server.rows("UPDATE users SET role = 'member' WHERE id = ANY(:ids)", ids=ids)
        await server.rows("UPDATE users SET role = 'admin', active = true WHERE id = :id", id=server.admin.user_id)
        server.admin = await server.sign_in(server.admin.user_id)
