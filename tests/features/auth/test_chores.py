"""What the upkeep forgets of logins and API keys, and what it keeps."""

import pytest

from spoonfeeder.features.auth.chores import CHORES
from spoonfeeder.work import open_system_work
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def do_chores(server: ServerMode) -> None:
    for chore in CHORES:
        async with open_system_work(server.runtime, "test") as work:
            await chore(work)


async def ids(server: ServerMode, table: str, person: Person) -> set[str]:
    return {
        str(row["id"]) for row in await server.rows(f"SELECT id FROM {table} WHERE user_id = :id", id=person.user_id)
    }


async def test_logins_that_are_over_go_with_their_tokens(server: ServerMode) -> None:
    expired, revoked_long_ago, revoked, alive = [await server.person() for _ in range(4)]
    await server.rows(
        "INSERT INTO refresh_tokens (token_sha256, login_session_id) SELECT md5(id::text), id FROM login_sessions"
    )
    change = "UPDATE login_sessions SET {} WHERE user_id = :id"
    await server.rows(change.format("expires_at = now() - interval '1 second'"), id=expired.user_id)
    await server.rows(change.format("revoked_at = now() - interval '31 days'"), id=revoked_long_ago.user_id)
    await server.rows(change.format("revoked_at = now() - interval '29 days'"), id=revoked.user_id)

    await do_chores(server)

    people = (expired, revoked_long_ago, revoked, alive)
    assert [len(await ids(server, "login_sessions", person)) for person in people] == [0, 0, 1, 1]
    tokens = await server.rows("SELECT count(*) FROM refresh_tokens")
    logins = await server.rows("SELECT count(*) FROM login_sessions")
    assert tokens == logins
    assert (await alive.get("/api/auth/me")).status_code == 200


async def test_api_keys_are_forgotten_a_month_after_their_end(server: ServerMode) -> None:
    person = await server.person()
    for _ in range(4):
        await server.api_key(person)
    expired, expired_long_ago, revoked_long_ago, alive = sorted(await ids(server, "api_keys", person))
    await server.rows("UPDATE api_keys SET expires_at = now() - interval '29 days' WHERE id::text = :id", id=expired)
    await server.rows(
        "UPDATE api_keys SET expires_at = now() - interval '31 days' WHERE id::text = :id", id=expired_long_ago
    )
    await server.rows(
        "UPDATE api_keys SET revoked_at = now() - interval '31 days' WHERE id::text = :id", id=revoked_long_ago
    )

    await do_chores(server)

    assert await ids(server, "api_keys", person) == {expired, alive}
