"""What people are told while they look elsewhere: kept, counted, read, and nobody else's."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from spoonfeeder.core.actor import User
from spoonfeeder.core.vocabulary import NotificationType
from spoonfeeder.features.notifications.chores import purge_notifications
from spoonfeeder.features.notifications.service import notify
from spoonfeeder.work import open_system_work, open_work
from tests.fixtures.server_mode import Person, ServerMode
from tests.socket_client import open_socket

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Two:
    """Two people of one workspace."""

    def __init__(self, server: ServerMode, one: Person, other: Person) -> None:
        assert one.workspace_id is not None
        self.server, self.one, self.other, self.workspace_id = server, one, other, one.workspace_id

    async def tell(self, message: str, to: Person | None = None, code: str | None = None, **about: Any) -> None:
        async with open_work(self.server.runtime, User(self.workspace_id)) as work:
            user_id = to.user_id if to else None
            await notify(work, NotificationType.ERROR, code or message, message, user_id=user_id, **about)


@pytest_asyncio.fixture(loop_scope="module")
async def two(server: ServerMode) -> Two:
    one = await server.stranger()
    return Two(server, one, await server.person("member", one.workspace_id))


async def listed(person: Person, query: str = "") -> Any:
    answer = await person.get(f"/api/notifications{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def messages(person: Person, query: str = "") -> list[str]:
    return [each["message"] for each in (await listed(person, query))["data"]]


async def test_each_sees_their_own_and_what_is_for_all(two: Two) -> None:
    await two.tell("for one", two.one)
    await two.tell("for all")
    await two.tell("for the other", two.other)
    assert await messages(two.one) == ["for all", "for one"]
    assert await messages(two.other) == ["for the other", "for all"]
    assert (await listed(two.one))["unread_count"] == 2
    assert await messages(await two.server.stranger()) == []


async def test_nobody_reads_or_removes_what_is_anothers(two: Two) -> None:
    await two.tell("for one", two.one)
    [row] = (await listed(two.one))["data"]
    for method, path in (("POST", f"{row['id']}/read"), ("DELETE", row["id"])):
        answer = await two.other.request(method, f"/api/notifications/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOTIFICATION_NOT_FOUND")
    await two.other.post("/api/notifications/read")
    assert (await listed(two.one))["unread_count"] == 1


async def test_one_is_read_then_all_then_removed(two: Two) -> None:
    for message in ("a", "b", "c"):
        await two.tell(message, two.one)
    newest = (await listed(two.one))["data"][0]
    for _ in range(2):
        read = (await two.one.post(f"/api/notifications/{newest['id']}/read")).json()["data"]
        assert read["read_at"] is not None
    assert await messages(two.one, "?unread=true") == ["b", "a"]
    assert (await two.one.post("/api/notifications/read")).json()["data"] == {"marked": 2}
    assert (await listed(two.one, "?unread=true"))["unread_count"] == 0
    assert (await two.one.delete(f"/api/notifications/{newest['id']}")).status_code == 200
    assert await messages(two.one) == ["b", "a"]


async def test_pages_follow_a_cursor(two: Two) -> None:
    for number in range(5):
        await two.tell(str(number), two.one)
    first = await listed(two.one, "?limit=2")
    second = await listed(two.one, f"?limit=2&cursor={first['next_cursor']}")
    last = await listed(two.one, f"?limit=2&cursor={second['next_cursor']}")
    pages = [[each["message"] for each in page["data"]] for page in (first, second, last)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert last["next_cursor"] is None


async def test_what_is_said_again_before_it_was_read_is_counted(two: Two) -> None:
    subject = UUID(int=7)
    for number in range(3):
        await two.tell(f"failed {number}", two.one, "TASK_FAILED", subject_kind="task", subject_id=subject)
    await two.tell("failed for the other", two.other, "TASK_FAILED")
    [row] = (await listed(two.one))["data"]
    assert (row["message"], row["count"], row["subject_id"], row["type"]) == ("failed 2", 3, str(subject), "error")

    await two.one.post("/api/notifications/read")
    await two.tell("failed anew", two.one, "TASK_FAILED")
    long_ago = "UPDATE notifications SET created_at = now() - interval '11 minutes' WHERE message = 'failed anew'"
    await two.server.rows(long_ago)
    await two.tell("failed later", two.one, "TASK_FAILED")
    assert [each["count"] for each in (await listed(two.one))["data"]] == [1, 3, 1]


async def test_many_at_the_same_time_lose_none(two: Two) -> None:
    await two.tell("failed", two.one, "TASK_FAILED")
    await asyncio.gather(*(two.tell("failed", two.one, "TASK_FAILED") for _ in range(8)))
    assert sum(each["count"] for each in (await listed(two.one))["data"]) == 9


async def test_windows_hear_at_once_what_is_theirs_and_nothing_else(two: Two) -> None:
    async with (
        open_socket(two.server.url, auth={"token": two.one.token}) as mine,
        open_socket(two.server.url, auth={"token": two.other.token}) as theirs,
    ):
        await two.tell("for one", two.one, subject_kind="task", subject_id=UUID(int=7))
        heard = await mine.event("notification")
        [row] = (await listed(two.one))["data"]
        names = ("id", "type", "message", "code", "count", "subject_kind", "subject_id")
        assert heard == {name: row[name] for name in names}
        await two.one.post(f"/api/notifications/{row['id']}/read")
        changed = await mine.event("resource:changed")
        assert changed == {"kind": "notification", "id": row["id"], "change": "updated"}
        await two.tell("for all")
        await theirs.event("notification")
        assert {each["message"] for each in theirs.payloads("notification")} == {"for all"}
        assert theirs.payloads("resource:changed") == []
        await mine.event("notification", lambda payload: payload["message"] == "for all")


async def test_a_viewer_sees_what_is_for_all_and_changes_nothing(two: Two) -> None:
    viewer = await two.server.person("viewer", two.workspace_id)
    await two.tell("for all")
    assert await messages(viewer) == ["for all"]
    assert (await viewer.post("/api/notifications/read")).status_code == 403


async def test_a_workspace_goes_with_what_was_told_in_it(two: Two) -> None:
    """The other's notifications are not the owner's to remove."""
    await two.tell("for the other", two.other)
    for person in (two.one, two.other):
        await two.server.rows(
            "INSERT INTO workspace_members (workspace_id, user_id, role) VALUES (:home, :id, 'member')",
            home=await two.server.workspace(),
            id=person.user_id,
        )
    answer = await two.one.delete(f"/api/workspaces/{two.workspace_id}")
    assert answer.status_code == 200, answer.text


async def test_old_ones_go(two: Two) -> None:
    for message in ("old", "new"):
        await two.tell(message, two.one)
    await two.server.rows("UPDATE notifications SET created_at = now() - interval '31 days' WHERE message = 'old'")
    async with open_system_work(two.server.runtime, "test") as work:
        await purge_notifications(work)
    assert await messages(two.one) == ["new"]
