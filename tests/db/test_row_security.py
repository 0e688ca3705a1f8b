"""The second wall: queries without any filter meet the rows of one workspace, and nobody's accounts."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Table, delete, func, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.actor import LOCAL_OWNER, NO_WORKSPACE, User
from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.db import DEFAULT_WORKSPACE_ID, Base
from spoonfeeder.db.row_security import ROLE, owned_tables
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.work import Work, open_system_work, open_work
from tests.db.conftest import settings_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWNED = [pytest.param(table, id=table.name) for table in owned_tables()]
HIDDEN = sorted(set(Base.metadata.tables) - {table.name for table in owned_tables()})
ALL_WORKSPACES = "SELECT workspace_id FROM comfyui_generations"


def person_of(workspace_id: UUID) -> User:
    return User(workspace_id=workspace_id, role=WorkspaceRole.OWNER, is_admin=True)


async def workspaces_in(work: Work, statement: Any) -> list[UUID]:
    return sorted((await work.session.execute(statement)).scalars())


async def who(session: AsyncSession) -> tuple[str, str]:
    """The database's user and workspace of this moment."""
    asked = await session.execute(
        text("SELECT current_user::text, coalesce(current_setting('app.workspace', true), '')")
    )
    name, workspace = asked.one()
    return name, workspace


async def require_owner(runtime: Runtime) -> None:
    """The one connection of the pool has nothing left of who had it before."""
    async with runtime.sessions() as session:
        assert await who(session) == ("spoonfeeder", "")


@pytest.mark.parametrize("table", HIDDEN)
async def test_tables_of_accounts_cannot_be_read_in_the_transaction_of_a_workspace(
    runtime: Runtime, foreign_id: UUID, table: str
) -> None:
    for statement in (f"SELECT 1 FROM {table}", f"DELETE FROM {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with open_work(runtime, LOCAL_OWNER) as work:
                await work.session.execute(text(statement))
    await require_owner(runtime)


async def test_all_other_tables_are_known_here() -> None:
    assert HIDDEN == [
        "api_keys",
        "api_log",
        "audit_log",
        "file_removals",
        "invitations",
        "line_turns",
        "login_sessions",
        "refresh_tokens",
        "system_values",
        "users",
        "workspace_members",
        "workspaces",
    ]


async def test_the_audit_log_can_be_added_to_and_nothing_else(runtime: Runtime, foreign_id: UUID) -> None:
    async with open_work(runtime, LOCAL_OWNER) as work:
        await record(work, Action.PROFILE_CREATED, "profile", uuid4(), name="Local")
    async with open_system_work(runtime, "test") as work:
        assert await work.session.scalar(text("SELECT count(*) FROM audit_log")) == 1
    for statement in ("UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
        for opened in (open_work(runtime, LOCAL_OWNER), open_system_work(runtime, "test")):
            with pytest.raises(ProgrammingError, match=r"permission denied|only ever added to"):
                async with opened as work:
                    await work.session.execute(text(statement))


@pytest.mark.parametrize("table", OWNED)
async def test_a_query_without_a_filter_meets_the_rows_of_one_workspace(
    runtime: Runtime, foreign_id: UUID, table: Table
) -> None:
    both = sorted((DEFAULT_WORKSPACE_ID, foreign_id))
    own = table.c.workspace_id
    raw = text(f"SELECT workspace_id FROM {table.name}")
    statements = (raw, select(own), select(own).where(own.in_(select(own))), select(table.alias("x").c.workspace_id))
    async with open_system_work(runtime, "test") as work:
        assert await workspaces_in(work, raw) == both, "the fixture lacks a row here"
    for workspace_id in both:
        async with open_work(runtime, person_of(workspace_id)) as work:
            for statement in statements:
                assert await workspaces_in(work, statement) == [workspace_id]
            assert await work.session.scalar(select(func.count()).select_from(table)) == 1
            assert (
                await work.session.scalar(text(f"SELECT count(*) FROM {table.name} a CROSS JOIN {table.name} b")) == 1
            )
            assert await work.session.scalar(select(own).where(own != workspace_id)) is None
            await work.session.execute(text(f"SELECT * FROM {table.name} FOR UPDATE"))
    for nowhere in (uuid4(), NO_WORKSPACE):
        async with open_work(runtime, person_of(nowhere)) as work:
            assert await workspaces_in(work, raw) == []


@pytest.mark.parametrize("table", OWNED)
async def test_nothing_is_written_to_another_workspace(runtime: Runtime, foreign_id: UUID, table: Table) -> None:
    async with open_system_work(runtime, "test") as work:
        theirs = dict(
            (await work.session.execute(select(table).where(table.c.workspace_id == foreign_id))).one()._mapping
        )
    for column in table.c:
        if column.computed is not None:
            del theirs[column.name]
    others = {"id": uuid4(), "key": "another", "needs_sha256": "1" * 64}
    new = theirs | {name: value for name, value in others.items() if name in table.primary_key.c}
    for smuggled in (
        insert(table).values(new),
        update(table).values(workspace_id=foreign_id),
        insert(table).from_select(list(theirs), select(*(literal(new[name], table.c[name].type) for name in theirs))),
    ):
        with pytest.raises(ProgrammingError, match="violates row-level security"):
            async with open_work(runtime, LOCAL_OWNER) as work:
                await work.session.execute(smuggled)
    async with open_work(runtime, LOCAL_OWNER) as work:
        changed = await work.session.execute(
            update(table).values(workspace_id=DEFAULT_WORKSPACE_ID).returning(table.c.workspace_id)
        )
        assert len(changed.all()) == 1


async def test_deleting_everything_deletes_what_is_ones_own(runtime: Runtime, foreign_id: UUID) -> None:
    with suppress(InterruptedError):
        async with open_work(runtime, LOCAL_OWNER) as work:
            for table in reversed(owned_tables()):
                await work.session.execute(delete(table))
            await work.session.execute(text("SELECT set_config('role', 'none', true)"))
            for table in owned_tables():
                assert await workspaces_in(work, select(table.c.workspace_id)) == [foreign_id]
            raise InterruptedError


async def test_without_a_workspace_nothing_is_seen(runtime: Runtime, foreign_id: UUID) -> None:
    async with runtime.sessions() as session:
        await session.execute(text(f"SET LOCAL ROLE {ROLE}"))
        for table in owned_tables():
            assert (await session.execute(select(table))).all() == []
        await session.execute(text("SELECT set_config('app.workspace', '', true)"))
        assert (await session.execute(text(ALL_WORKSPACES))).all() == []


async def test_a_superuser_is_held_too(
    postgres: EmbeddedPostgres, shared_database: str, foreign_id: UUID, tmp_path: Path
) -> None:
    async with open_runtime(settings_of(postgres.url(shared_database, user="postgres"), tmp_path)) as runtime:
        async with open_system_work(runtime, "test") as work:
            assert await who(work.session) == ("postgres", "")
        async with open_work(runtime, LOCAL_OWNER) as work:
            assert await workspaces_in(work, text(ALL_WORKSPACES)) == [DEFAULT_WORKSPACE_ID]


async def test_a_connection_forgets_whom_it_served(runtime: Runtime, foreign_id: UUID) -> None:
    """The same statement each time, so that it is prepared once for all three."""

    async def once(turn: int) -> None:
        if turn % 3 == 0:
            async with open_system_work(runtime, "test") as work:
                assert await who(work.session) == ("spoonfeeder", "")
                assert len(await workspaces_in(work, text(ALL_WORKSPACES))) == 2
            return
        workspace_id = (DEFAULT_WORKSPACE_ID, foreign_id)[turn % 2]
        with suppress(InterruptedError):
            async with open_work(runtime, person_of(workspace_id)) as work:
                assert await who(work.session) == (ROLE, str(workspace_id))
                assert await workspaces_in(work, text(ALL_WORKSPACES)) == [workspace_id]
                if turn % 7 == 0:
                    raise InterruptedError

    await asyncio.gather(*(once(turn) for turn in range(90)))
    await require_owner(runtime)


async def test_a_connection_forgets_after_an_error(runtime: Runtime, foreign_id: UUID) -> None:
    with pytest.raises(DBAPIError, match="division by zero"):
        async with open_work(runtime, LOCAL_OWNER) as work:
            await work.session.execute(text("SELECT 1 / 0"))
    await require_owner(runtime)


async def test_a_connection_forgets_after_a_statement_timeout(runtime: Runtime, foreign_id: UUID) -> None:
    hasty = "SELECT set_config('statement_timeout', '5', true)"
    with pytest.raises(DBAPIError, match="statement timeout"):  # noqa: PT012 - the second statement
        async with open_work(runtime, LOCAL_OWNER) as work:
            await work.session.execute(text(hasty))
            await work.session.execute(text("SELECT pg_sleep(5)"))
    await require_owner(runtime)


async def test_a_connection_forgets_a_cancelled_task(runtime: Runtime, foreign_id: UUID) -> None:
    opened = asyncio.Event()

    async def linger() -> None:
        async with open_work(runtime, LOCAL_OWNER) as work:
            opened.set()
            await work.session.execute(text("SELECT pg_sleep(5)"))

    task = asyncio.create_task(linger())
    await opened.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await require_owner(runtime)
