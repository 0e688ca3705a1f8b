"""Who may open a socket of a server on which people sign in, and for how long it stays open (R44, A29, A30)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Self
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text

from spoonfeeder.app import create_app
from spoonfeeder.core import access_tokens
from spoonfeeder.core.access_tokens import AccessTokens
from spoonfeeder.core.settings import RateLimiting
from spoonfeeder.sockets import Sockets, watch
from spoonfeeder.sockets.limits import Limits
from spoonfeeder.sockets.watch import Pace
from tests.fixtures.server_mode import Person, ServerMode
from tests.serving import served
from tests.socket_client import Refused, open_socket, raw_socket
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

OK = {"ok": True}
NEVER = 3600.0
PATIENT_SECONDS = 60.0


@asynccontextmanager
async def process(server: ServerMode, sockets: Sockets, **settings: Any) -> AsyncIterator[str]:
    """One more API process of the same server."""
    async with served(create_app(server.settings.model_copy(update=settings), sockets)) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(server: ServerMode) -> AsyncIterator[str]:
    """A process that looks after its sockets all the time."""
    async with process(server, Sockets(Limits(handshake_seconds=PATIENT_SECONDS), Pace(period_seconds=0.05))) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def unwatched(server: ServerMode) -> AsyncIterator[str]:
    """A process that never looks again at who is connected."""
    limits = Limits(sockets_per_user=2, handshake_seconds=PATIENT_SECONDS)
    async with process(server, Sockets(limits, Pace(period_seconds=NEVER))) as url:
        yield url


def shows(person: Person, **more: Any) -> dict[str, Any]:
    return {"token": person.token, **more}


async def refusal(url: str, auth: Any = None, headers: dict[str, str] | None = None, query: str = "") -> str:
    """The code of the refusal, which also has a sentence."""
    with pytest.raises(Refused) as refused:
        async with open_socket(url, headers, auth=auth, query=query):
            pass
    answer = refused.value.args[0]
    assert answer["message"].endswith(".")
    return str(answer["data"]["code"])


async def pending(server: ServerMode, person: Person) -> str:
    """A generation in the person's workspace."""
    own = server.acting_as(person)
    return str((await own.generate(await own.session({"1": {"class_type": "ProbeText", "inputs": {}}})))["id"])


async def test_an_access_token_and_an_api_key_open_a_socket_of_the_own_workspace(
    server: ServerMode, unwatched: str
) -> None:
    owner, stranger = await server.stranger(), await server.stranger()
    key = await server.api_key(owner, ["read"])
    async with (
        open_socket(unwatched, auth=shows(owner)) as by_token,
        open_socket(unwatched, auth=shows(key)) as by_key,
        open_socket(unwatched, auth=shows(stranger)) as other,
    ):
        generation = await pending(server, owner)
        for client in (by_token, by_key):
            assert (await client.event("generation:queued"))["id"] == generation
            assert await client.call("subscribe:generation", generation) == OK
        for subject in (generation, generation.upper()):
            assert (await other.call("subscribe:generation", subject))["code"] == "NOT_FOUND"
        assert other.received == []


async def test_a_client_that_is_no_browser_may_use_headers(server: ServerMode, unwatched: str) -> None:
    person = await server.stranger()
    home = await server.workspace()
    await server.rows(
        "INSERT INTO workspace_members (workspace_id, user_id, role) VALUES (:home, :user, 'viewer')",
        home=home,
        user=person.user_id,
    )
    bearer = {"Authorization": f"Bearer {person.token}"}
    async with (
        open_socket(unwatched, bearer | {"X-Workspace": str(person.workspace_id)}) as one,
        open_socket(unwatched, bearer, auth={"workspace": str(home)}) as two,
    ):
        await pending(server, person)
        await one.event("generation:queued")
        assert two.received == []
    elsewhere = bearer | {"X-Workspace": str(uuid4())}
    assert await refusal(unwatched, headers=elsewhere) == "WORKSPACE_NOT_FOUND"
    assert await refusal(unwatched, shows(person, workspace=str(uuid4()))) == "WORKSPACE_NOT_FOUND"
    assert await refusal(unwatched, shows(person, workspace=["x"])) == "WORKSPACE_NOT_FOUND"
    assert await refusal(unwatched, {"token": "x"}, bearer) == "UNAUTHORIZED"


async def test_whoever_shows_nothing_that_holds_is_refused(server: ServerMode, unwatched: str) -> None:
    person, gone = await server.person(), await server.person()
    await server.rows("UPDATE users SET active = false WHERE id = :id", id=gone.user_id)
    past = datetime.now(UTC) - timedelta(hours=1)
    expired, _ = AccessTokens(server.runtime.cipher.ring, life_seconds=-5).issue(person.user_id, uuid4(), 0)
    tokens = ["", 1, None, ["x"], "x", "sf_" + "x" * 43, expired, person.token[:-1], gone.token, "ü", "x" * 30_000]
    tokens.append((await server.api_key(person, expires_at=past)).token)
    for auth in [None, {}, [], "x", person.token, [person.token], *({"token": token} for token in tokens)]:
        assert await refusal(unwatched, auth) == "UNAUTHORIZED", auth
    homeless = await server.person(None)
    assert await refusal(unwatched, shows(homeless)) == "NO_WORKSPACE"
    async with raw_socket(unwatched) as client:
        with pytest.raises(Refused):
            await client.join()
        await client.until_ended()


@pytest.mark.parametrize("name", ["token", "access_token", "API_KEY", "authorization", "state", None])
async def test_a_token_in_the_address_is_refused_whatever_else_is_shown(
    server: ServerMode, unwatched: str, name: str | None
) -> None:
    person = await server.person()
    key = await server.api_key(person)
    for token in (person.token, key.token, *(["x"] if name not in ("state", None) else [])):
        query = f"&{name}={token}" if name else f"&{token}"
        assert await refusal(unwatched, shows(person), query=query) == "UNAUTHORIZED"


LOSSES = {
    "signed out": "UPDATE login_sessions SET revoked_at = now() WHERE user_id = :user",
    "login over": "UPDATE login_sessions SET expires_at = now() WHERE user_id = :user",
    "deactivated": "UPDATE users SET active = false WHERE id = :user",
    "every token ended": "UPDATE users SET token_epoch = token_epoch + 1 WHERE id = :user",
    "deleted": "DELETE FROM users WHERE id = :user",
    "no member": "DELETE FROM workspace_members WHERE user_id = :user",
    "workspace deleted": "DELETE FROM workspaces WHERE id IN (SELECT workspace_id FROM workspace_members"
    " WHERE user_id = :user)",
}
KEY_LOSSES = {
    "key revoked": "UPDATE api_keys SET revoked_at = now() WHERE user_id = :user",
    "key over": "UPDATE api_keys SET expires_at = now() WHERE user_id = :user",
    "owner deactivated": LOSSES["deactivated"],
    "owner no member": LOSSES["no member"],
}


@pytest.mark.parametrize("kind", [*LOSSES, *KEY_LOSSES])
async def test_who_loses_the_right_to_a_socket_loses_the_socket(server: ServerMode, watched: str, kind: str) -> None:
    person, other = await server.stranger(), await server.stranger()
    shown = person if kind in LOSSES else await server.api_key(person)
    other_key = await server.api_key(other)
    async with (
        open_socket(watched, auth=shows(shown)) as client,
        open_socket(watched, auth=shows(shown)) as second,
        open_socket(watched, auth=shows(other)) as bystander,
        open_socket(watched, auth=shows(other_key)) as by_key,
    ):
        await server.rows((LOSSES | KEY_LOSSES)[kind], user=person.user_id)
        for ended in (client, second):
            assert (await ended.event("notification"))["type"] == "error"
            await ended.until_ended()
        generation = await pending(server, other)
        for staying in (bystander, by_key):
            assert (await staying.event("generation:queued"))["id"] == generation
            assert staying.payloads("notification") == []


async def test_another_role_ends_no_socket(server: ServerMode, watched: str) -> None:
    owner = await server.stranger()
    member = await server.person("member", owner.workspace_id)
    leaving = await server.person("member", owner.workspace_id)
    async with open_socket(watched, auth=shows(member)) as client, open_socket(watched, auth=shows(leaving)) as sign:
        await server.rows("UPDATE workspace_members SET role = 'viewer' WHERE user_id = :id", id=member.user_id)
        await server.rows(LOSSES["no member"], user=leaving.user_id)
        await sign.until_ended()
        assert await client.call("subscribe:generation", await pending(server, owner)) == OK


async def test_the_next_subscription_is_refused_even_before_the_socket_is_closed(
    server: ServerMode, unwatched: str
) -> None:
    owner = await server.stranger()
    for loss, code in (("no member", "WORKSPACE_NOT_FOUND"), ("signed out", "UNAUTHORIZED")):
        member = await server.person("member", owner.workspace_id)
        generation = await pending(server, owner)
        async with open_socket(unwatched, auth=shows(member)) as client:
            await server.rows(LOSSES[loss], user=member.user_id)
            answer = await client.call("subscribe:generation", generation)
            assert (answer["ok"], answer["code"]) == (False, code)
            assert client.payloads("generation:queued") == []


class Later(datetime):
    """The clock of a minute later."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(minutes=1)


async def test_a_token_ends_its_socket_unless_a_newer_one_is_shown(
    server: ServerMode, watched: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await server.stranger()
    assert person.login_id is not None
    short, _ = AccessTokens(server.runtime.cipher.ring, life_seconds=50).issue(person.user_id, person.login_id, 0)
    async with (
        open_socket(watched, auth={"token": short}) as left,
        open_socket(watched, auth={"token": short}) as renewed,
    ):
        assert await renewed.call("authenticate", shows(person)) == OK
        monkeypatch.setattr(watch, "datetime", Later)
        monkeypatch.setattr(access_tokens, "datetime", Later)
        assert (await left.event("notification"))["type"] == "error"
        await left.until_ended()
        assert await refusal(watched, {"token": short}) == "UNAUTHORIZED"
        assert await renewed.call("subscribe:generation", await pending(server, person)) == OK


NO_TOKENS: list[list[Any]] = [[], [None], [{}], [{"token": "x"}], [{"token": 7}], ["x"], [{"token": "x"}, 1]]


async def test_a_socket_stays_with_its_user_and_workspace(server: ServerMode, unwatched: str) -> None:
    person, stranger = await server.stranger(), await server.stranger()
    colleague = await server.person("member", person.workspace_id)
    bound_key = await server.api_key(person, workspace=await server.workspace())
    own_key = await server.api_key(person)
    async with open_socket(unwatched, auth=shows(person)) as client:
        for auth in (shows(stranger), shows(colleague), shows(bound_key), shows(person, workspace=str(uuid4()))):
            answer = await client.call("authenticate", auth)
            assert (answer["ok"], answer["code"]) == (False, "FORBIDDEN")
        for arguments in NO_TOKENS:
            answer = await client.call("authenticate", *arguments)
            assert (answer["ok"], answer["code"]) == (False, "UNAUTHORIZED"), arguments
        assert await client.call("authenticate", shows(own_key, workspace=str(person.workspace_id))) == OK
        assert await client.call("subscribe:generation", await pending(server, person)) == OK
        assert {payload["id"] for payload in client.payloads("generation:queued")}


async def test_the_first_admin_has_no_more_sockets_than_anybody(server: ServerMode, unwatched: str) -> None:
    async with open_socket(unwatched, auth=shows(server.admin)), open_socket(unwatched, auth=shows(server.admin)):
        assert await refusal(unwatched, shows(server.admin)) == "TOO_MANY_SOCKETS"


async def test_failing_handshakes_are_counted_to_where_they_come_from(server: ServerMode) -> None:
    person = await server.person()
    limits = {"rate_limits": RateLimiting.ON, "limit_general": "3/day"}
    async with process(server, Sockets(), **limits) as url:
        codes = [await refusal(url, {"token": "x"}) for _ in range(5)]
        assert codes == ["UNAUTHORIZED"] * 3 + ["RATE_LIMITED"] * 2
        async with open_socket(url, auth=shows(person)):
            pass


@asynccontextmanager
async def locked(server: ServerMode) -> AsyncIterator[None]:
    """Nobody can read who the users are."""
    async with server.runtime.engine.begin() as connection:
        await connection.execute(text("LOCK TABLE users IN ACCESS EXCLUSIVE MODE"))
        yield


async def test_nobody_comes_in_while_the_database_does_not_answer(server: ServerMode) -> None:
    person = await server.stranger()
    sockets = Sockets(pace=Pace(period_seconds=0.05, answer_seconds=0.1))
    async with (
        process(server, sockets) as url,
        process(server, Sockets(Limits(handshake_seconds=0.3))) as other,
        open_socket(url, auth=shows(person)) as client,
    ):
        async with locked(server):
            assert await refusal(other, shows(person)) == "UNAVAILABLE"
        sockets._watch._pace = Pace(period_seconds=0.05, answer_seconds=PATIENT_SECONDS)
        assert await client.call("subscribe:generation", await pending(server, person)) == OK
        await server.rows(LOSSES["no member"], user=person.user_id)
        await client.until_ended()


async def test_a_socket_that_nobody_can_ask_about_for_too_long_is_cut(server: ServerMode) -> None:
    person = await server.stranger()
    pace = Pace(period_seconds=0.05, answer_seconds=0.1, patience_seconds=0.5)
    async with process(server, Sockets(pace=pace)) as url, open_socket(url, auth=shows(person)) as client:
        async with locked(server):
            await client.until_ended()
        assert client.received == []


async def test_who_leaves_while_being_looked_at_leaves_nothing_behind(server: ServerMode) -> None:
    person = await server.stranger()
    sockets = Sockets()
    manager = sockets.server.manager
    async with process(server, sockets) as url, httpx2.AsyncClient(base_url=url, timeout=30) as http:
        opened = (await http.get("/socket.io/?EIO=4&transport=polling")).text
        address = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened[1:])['sid']}"
        async with locked(server):
            joining = asyncio.create_task(http.post(address, content=f'40{{"token":"{person.token}"}}'))
            await until(lambda: manager.pending_connect)
            await http.post(address, content="1")
        await joining
        await until(lambda: not manager.rooms)
        assert sockets._subscriptions.seats == {}


async def test_what_is_sent_before_the_handshake_does_nothing(server: ServerMode, unwatched: str) -> None:
    person = await server.stranger()
    generation = await pending(server, person)
    async with raw_socket(unwatched) as client:
        await client.emit("subscribe:generation", generation)
        await client.emit("authenticate", shows(person))
        await client.join(auth=shows(person))
        await pending(server, person)
        await client.event("generation:queued")
        assert [payload["id"] for payload in client.payloads("generation:queued")] != [generation]
