"""The audit log: what an entry may hold, that it belongs to its transaction, and that nobody changes it."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, NO_WORKSPACE, User
from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.db.row_security import ROLE
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.work import open_account_work, open_system_work, open_work
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHANGES = (
    "UPDATE audit_log SET action = 'login'",
    "UPDATE audit_log SET action = 'login' WHERE false",
    "DELETE FROM audit_log",
    "TRUNCATE audit_log",
    "TRUNCATE users, audit_log CASCADE",
)


async def entries(server: ServerMode, subject_id: object) -> list[dict[str, Any]]:
    return await server.rows("SELECT * FROM audit_log WHERE subject_id = :id ORDER BY id", id=str(subject_id))


async def test_an_entry_says_who_did_what_to_what_and_from_where(server: ServerMode) -> None:
    user_id, key_id, subject_id = uuid4(), uuid4(), uuid4()
    actor = User(DEFAULT_WORKSPACE_ID, user_id, api_key_id=key_id, peer="203.0.113.7")
    async with open_work(server.runtime, actor) as work:
        await record(work, Action.MEMBER_ADDED, "user", subject_id, role=WorkspaceRole.ADMIN, rows=3, removed=True)
    [entry] = await entries(server, subject_id)
    assert (entry["action"], entry["subject_kind"]) == ("member_added", "user")
    assert (entry["user_id"], entry["api_key_id"], entry["peer"]) == (user_id, key_id, "203.0.113.7")
    assert entry["workspace_id"] == DEFAULT_WORKSPACE_ID
    assert entry["details"] == {"role": "admin", "rows": 3, "removed": True}


async def test_accounts_belong_to_no_workspace_and_the_system_is_nobody(server: ServerMode) -> None:
    account, system, invited = uuid4(), uuid4(), uuid4()
    async with open_account_work(server.runtime, User(DEFAULT_WORKSPACE_ID, account)) as work:
        await record(work, Action.USER_CHANGED, "user", account)
    async with open_system_work(server.runtime, "a test") as work:
        await record(work, Action.KEY_ROTATED, "server", system)
    async with open_account_work(server.runtime, User(NO_WORKSPACE, peer="::1")) as work:
        await record(work, Action.INVITATION_ACCEPTED, "invitation", invited, by=account, within=DEFAULT_WORKSPACE_ID)
    rows = [(await entries(server, subject))[0] for subject in (account, system, invited)]
    assert [(row["user_id"], row["workspace_id"]) for row in rows] == [
        (account, None),
        (None, None),
        (account, DEFAULT_WORKSPACE_ID),
    ]


async def test_an_entry_goes_with_its_transaction(server: ServerMode) -> None:
    subject_id = uuid4()

    async def fail_afterwards() -> None:
        async with open_work(server.runtime, User(DEFAULT_WORKSPACE_ID)) as work:
            await record(work, Action.PROFILE_DELETED, "profile", subject_id)
            raise RuntimeError("afterwards")

    with pytest.raises(RuntimeError, match="afterwards"):
        await fail_afterwards()
    assert await entries(server, subject_id) == []


async def test_texts_are_short_on_one_line_and_without_secrets(server: ServerMode) -> None:
    subject_id = uuid4()
    name = "a\r\n2026-11-21 FAKE\x1b[31m\u2028\x00 sk-abcdefghijklmnopqrstuvwx " + "x" * 1_000
    async with open_work(server.runtime, User(DEFAULT_WORKSPACE_ID, peer="\x85" + "9" * 500)) as work:
        await record(work, Action.PROFILE_CREATED, "profile", subject_id, name=name)
    [entry] = await entries(server, subject_id)
    assert entry["details"]["name"].startswith(r"a\r\n2026-11-21 FAKE\x1b[31m\u2028\x00 sk-*** xxx")
    assert len(entry["details"]["name"]) == 200
    assert len(entry["peer"]) == 64
    assert "\x85" not in entry["peer"]


@pytest.mark.parametrize(
    "details", [{"name": b"x"}, {"name": ["x"]}, {"name": {"a": 1}}, {"name": None}, {"rows": 1.5}, {"prompt": "x"}]
)
async def test_other_details_are_refused(server: ServerMode, details: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        async with open_work(server.runtime, User(DEFAULT_WORKSPACE_ID)) as work:
            await record(work, Action.PROFILE_CREATED, "profile", uuid4(), **details)


@pytest.mark.parametrize("change", CHANGES)
async def test_nobody_changes_an_entry_not_even_the_owner_of_the_table(server: ServerMode, change: str) -> None:
    with pytest.raises(DBAPIError, match="only ever added to"):
        await server.rows(change)


@pytest.mark.parametrize("statement", ["SELECT * FROM audit_log", "SELECT id FROM audit_log LIMIT 1", *CHANGES])
async def test_the_role_of_workspaces_only_adds(server: ServerMode, statement: str) -> None:
    async with open_work(server.runtime, User(DEFAULT_WORKSPACE_ID)) as work:
        assert await work.session.scalar(text("SELECT current_user")) == ROLE
        with pytest.raises(DBAPIError, match="permission denied"):
            await work.session.execute(text(statement))
