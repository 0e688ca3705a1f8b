"""Row-level security: a transaction of a workspace sees that workspace's rows, whatever its queries forget.

The tables belong to the login role, which sees everything (migrations, the claim, the sweep); a `Work` gives that up
for the role `spoonfeeder_app` until it ends. That role reaches no table of accounts. See docs/decisions/0005.
"""

from uuid import UUID

import structlog
from sqlalchemy import Connection, Table, Uuid, bindparam, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from spoonfeeder.db.base import Base

log = structlog.get_logger(__name__)
ROLE = "spoonfeeder_app"
ACCOUNT_TABLES = frozenset({"api_keys", "api_log", "audit_log", "invitations", "workspace_members"})
"""They name a workspace, but only `features/auth` and its neighbours read them, as the owner."""

TAKE_ROLE = f"""set_config('role', CASE WHEN pg_has_role(to_regrole('{ROLE}'), 'MEMBER') THEN '{ROLE}' ELSE 'none' END,
    true)"""
"""Until the transaction ends. Without the role the filters of the queries are the only wall, and the start warns."""

RESTRICT = text(f"SELECT {TAKE_ROLE}, set_config('app.workspace', CAST(:workspace_id AS text), true)").bindparams(
    bindparam("workspace_id", type_=Uuid())
)

SECURED = text("SELECT tablename FROM pg_policies WHERE policyname = :role").bindparams(role=ROLE)
MAKE_ROLE = f"""
    DO $$ BEGIN
        IF to_regrole('{ROLE}') IS NULL THEN
            CREATE ROLE {ROLE} NOLOGIN;
        END IF;
        GRANT {ROLE} TO CURRENT_USER;
    EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
        NULL; -- somebody else made it, or must: `is_secured` tells
    END $$
"""


def owned_tables() -> list[Table]:
    """The tables whose rows belong to workspaces."""
    tables = Base.metadata.sorted_tables
    return [table for table in tables if "workspace_id" in table.columns and table.name not in ACCOUNT_TABLES]


def secure_rows(connection: Connection) -> None:
    """Makes the role, and gives every table of workspaces its policy; repeats what an earlier call could not do."""
    connection.execute(text(MAKE_ROLE))
    if not connection.scalar(text(f"SELECT to_regrole('{ROLE}') IS NOT NULL")):
        return
    present = set(inspect(connection).get_table_names())
    secured = set(connection.scalars(SECURED))
    for table in owned_tables():
        if table.name in present - secured:
            _secure(connection, table.name)
    if "audit_log" in present:
        connection.execute(text(f"GRANT INSERT ON audit_log TO {ROLE}"))


def _secure(connection: Connection, table: str) -> None:
    condition = "workspace_id = nullif(current_setting('app.workspace', true), '')::uuid"
    connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    connection.execute(text(f"CREATE POLICY {ROLE} ON {table} TO {ROLE} USING ({condition}) WITH CHECK ({condition})"))
    connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}"))


async def restrict(session: AsyncSession, workspace_id: UUID) -> None:
    """From now until the transaction ends: the rows of this workspace only."""
    await session.execute(RESTRICT, {"workspace_id": workspace_id})


async def is_secured(engine: AsyncEngine) -> bool:
    """Whether this login can take the role, so that the second wall stands."""
    async with engine.connect() as connection:
        return bool(await connection.scalar(text(f"SELECT pg_has_role(to_regrole('{ROLE}'), 'MEMBER')")))


async def warn_unless_secured(engine: AsyncEngine) -> None:
    if not await is_secured(engine):
        log.warning(
            "row_security_off", advice=f"CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO <this login>; migrate again"
        )
