"""Nobody hears of what is not theirs, whatever a socket sends: A28, A29, A30, A31, A37 (R40, R44)."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from spoonfeeder.sockets.watch import Pace
from tests.fixtures.server_mode import Person, ServerMode
from tests.socket_client import Refused, SocketClient, open_socket, raw_socket

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = {"1": {"class_type": "ProbeProgress", "inputs": {"n": 40, "interval_ms": 20.0, "busy": False, "nonce": 1}}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owner(working_server: ServerMode) -> Person:
    return await working_server.stranger()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(working_server: ServerMode, owner: Person) -> str:
    return await working_server.acting_as(owner).session(LONG)


def attempts(subject: str, session_id: str, workspace: UUID | None, sid: str | None) -> list[tuple[str, Any]]:
    """Every way to ask for somebody else's room."""
    upper = subject.upper()
    shapes: list[Any] = [
        subject,
        upper,
        {"id": subject},
        {"id": upper},
        [subject],
        [[subject]],
        {"id": [subject]},
        {"id": subject, "room": f"workspace:{workspace}"},
        {"id": subject, "sid": sid},
        {"generationId": subject},
        f"generation:{subject}",
        f"generation_{subject}",
        f"task:{subject}",
        f"TASK:{subject}",
        f"task_{subject}",
        f"workspace:{workspace}",
        str(workspace),
        subject.replace("-", ""),
        f"{{{subject}}}",
        f" {subject}",
        f"{subject}\n",
        f"{subject}/../{subject}",
        "*",
        sid,
        None,
        7,
        True,
        {},
    ]
    named = [(f"subscribe:{kind}", shape) for kind in ("generation", "task", "session") for shape in shapes]
    named += [("subscribe:session", session_id), ("subscribe:session", {"id": session_id.upper()})]
    for name in ("subscribe:workspace", "TASK:subscribe", "subscribe:TASK", "subscribe:task_", "subscribe", "join"):
        named += [(name, subject), (name, {"room": f"generation:{subject}", "sid": sid})]
    return named + [
        (name, {"room": f"workspace:{workspace}"}) for name in ("enter_room", "room", "emit", "generation:completed")
    ]


async def started(server: ServerMode, owner: Person, session_id: str) -> str:
    """A generation that will run for most of a second."""
    return str((await server.acting_as(owner).generate(session_id))["id"])


async def test_a28_a31_nothing_that_a_stranger_sends_lets_it_hear_of_another_workspace(
    working_server: ServerMode, owner: Person, session: str
) -> None:
    stranger = await working_server.stranger()
    url = working_server.url
    async with (
        open_socket(url, auth={"token": owner.token}) as own,
        open_socket(
            url,
            auth={
                "token": stranger.token,
                "sid": own.sid,
                "room": f"workspace:{owner.workspace_id}",
                "session_id": session,
            },
        ) as client,
    ):
        before = await started(working_server, owner, session)
        for name, argument in attempts(before, session, owner.workspace_id, own.sid):
            answer = await client.call(name, argument)
            assert answer["ok"] is False, (name, argument)
            assert answer["code"] in {"NOT_FOUND", "INVALID_ID", "UNKNOWN_EVENT"}, (name, argument, answer)
        assert await own.call("subscribe:session", session) == {"ok": True}
        running = await started(working_server, owner, session)
        for generation in (before, running):
            await own.event("generation:completed", lambda payload, wanted=generation: payload["id"] == wanted)  # type: ignore[misc]
        assert own.payloads("generation:progress")
        assert client.received == []


async def test_a28_nor_of_a_task_of_another_workspace(working_server: ServerMode, owner: Person, session: str) -> None:
    stranger = await working_server.stranger()
    later = {"type": "text", "provider": "ollama", "model": "llama3.2", "prompt": "x"}
    later["run_after"] = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    async with (
        open_socket(working_server.url, auth={"token": owner.token}) as own,
        open_socket(working_server.url, auth={"token": stranger.token}) as client,
    ):
        made = (await owner.post("/api/tasks", json=later)).json()["data"]
        for name, argument in attempts(made["id"], session, owner.workspace_id, own.sid):
            answer = await client.call(name, argument)
            assert answer["ok"] is False, (name, argument)
        assert await own.call("subscribe:task", {"id": made["id"].upper()}) == {"ok": True}
        await owner.post(f"/api/tasks/{made['id']}/cancel")
        await own.event("task:cancelled", lambda payload: payload["id"] == made["id"])
        assert client.received == []


async def test_a28_an_id_of_a_megabyte_ends_its_sender_only(
    working_server: ServerMode, owner: Person, session: str
) -> None:
    stranger = await working_server.stranger()
    async with (
        open_socket(working_server.url, auth={"token": owner.token}) as own,
        open_socket(working_server.url, auth={"token": stranger.token}) as client,
    ):
        with contextlib.suppress(ConnectionClosed):
            await client.emit("subscribe:generation", "x" * 1_000_000)
        await client.until_ended()
        assert await own.call("subscribe:session", session) == {"ok": True}


async def test_a31_one_client_reaches_no_other(working_server: ServerMode, owner: Person) -> None:
    """Not even one of the same workspace: there is no event that is passed on."""
    url = working_server.url
    async with (
        open_socket(url, auth={"token": owner.token}) as one,
        open_socket(url, auth={"token": owner.token}) as other,
    ):
        for to in (other.sid, f"workspace:{owner.workspace_id}"):
            for name in ("message", "notification", "generation:completed", "emit"):
                answer = await one.call(name, {"to": to, "room": to, "sid": to, "session_id": to, "message": "Hello"})
                assert answer["code"] == "UNKNOWN_EVENT"
        assert (await other.call("subscribe:task", str(uuid4())))["code"] == "NOT_FOUND"
        assert other.received == []


async def refused(client: SocketClient, auth: Any) -> str:
    with pytest.raises(Refused) as refusal:
        await client.join(auth=auth)
    return str(refusal.value.args[0]["data"]["code"])


async def test_a29_without_a_token_that_holds_nothing_is_heard(
    working_server: ServerMode, owner: Person, session: str
) -> None:
    url = working_server.url
    handshakes = {f"&token={owner.token}": None, "": None, "&t=1": {"token": owner.token + "x"}}
    for query, auth in handshakes.items():
        async with raw_socket(url, query=query) as client:
            await client.emit("subscribe:session", session)
            assert await refused(client, auth) == "UNAUTHORIZED"
            await client.emit("subscribe:session", session)
            await client.until_ended()
            assert client.received == []


async def test_a30_a_removed_member_is_out_within_five_seconds(
    working_server: ServerMode, owner: Person, session: str
) -> None:
    member = await working_server.person("member", owner.workspace_id)
    async with open_socket(working_server.url, auth={"token": member.token}) as client:
        assert await client.call("subscribe:session", session) == {"ok": True}
        await working_server.rows("DELETE FROM workspace_members WHERE user_id = :id", id=member.user_id)
        with contextlib.suppress(ConnectionClosed, asyncio.CancelledError):
            answer = await client.call("subscribe:session", session)
            assert answer["code"] == "WORKSPACE_NOT_FOUND"
        await client.until_ended()
    pace = Pace()
    assert pace.period_seconds + pace.answer_seconds < 5
    async with raw_socket(working_server.url) as again:
        assert (
            await refused(again, {"token": member.token, "workspace": str(owner.workspace_id)}) == "WORKSPACE_NOT_FOUND"
        )


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a37_a_page_of_another_site_opens_no_socket_with_a_borrowed_cookie(
    working_server: ServerMode, origin: str | None
) -> None:
    headers = {"Cookie": "spoonfeeder_refresh=x"} | ({"Origin": origin} if origin else {})
    with pytest.raises(Exception, match="403"):
        async with raw_socket(working_server.url, headers):
            pass
    own = {"Cookie": "spoonfeeder_refresh=x", "Origin": working_server.url}
    async with raw_socket(working_server.url, own) as client:
        assert await refused(client, None) == "UNAUTHORIZED"
