"""Row-level security: a transaction of a workspace sees that workspace's rows, whatever its queries forget.

The tables belong to the login role, which sees everything (migrations, the claim, the sweep); a `Work` gives that up
for the role `spoonfeeder_app` until it ends. That role reaches no table of accounts. See docs/decisions/0005.
"""

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, Row, Table, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from spoonfeeder.db.base import Base
from spoonfeeder.db.session import begin_with

log = structlog.get_logger(__name__)
ROLE = "spoonfeeder_app"
ACCOUNT_TABLES = frozenset({"api_keys", "api_log", "audit_log", "invitations", "workspace_members"})
"""They name a workspace, but only `features/auth` and its neighbours read them, as the owner."""
VIEW = "searched_generations"
"""It is read with the rights of the owner and holds itself to one workspace (docs/decisions/0017)."""

IS_READY = f"""(pg_has_role(to_regrole('{ROLE}'), 'SET')
    AND has_table_privilege(to_regrole('{ROLE}'), to_regclass('audit_log'), 'INSERT'))"""
"""This login may take the role, and that has its rights: `migrate` grants them all at once, this one where it ends."""

TAKE_ROLE = f"set_config('role', CASE WHEN {IS_READY} THEN '{ROLE}' ELSE 'none' END, true)"
"""Until the transaction ends. Without the role the filters of the queries are the only wall, and the start warns."""

MAKE_ROLE = f"""
    DO $$ BEGIN
        IF to_regrole('{ROLE}') IS NULL THEN
            CREATE ROLE {ROLE} NOLOGIN;
        END IF;
        IF NOT pg_has_role('{ROLE}', 'SET') THEN
            GRANT {ROLE} TO CURRENT_USER;
        END IF;
    EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation OR internal_error THEN
        NULL; -- somebody else makes it at this moment, or must: `is_secured` tells
    END $$
"""
LACKING = text(
    """
    SELECT * FROM (
        SELECT relname, oid, NOT relrowsecurity AS is_open,
            NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = :role) AS has_no_policy
        FROM pg_class c WHERE oid = ANY (SELECT to_regclass(name) FROM unnest(CAST(:tables AS text[])) name)
    ) present
    WHERE is_open OR has_no_policy OR EXISTS (
        SELECT FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) privilege
        WHERE NOT has_table_privilege(CAST(:role AS name), oid, privilege)
    )
    """
).bindparams(role=ROLE)


def owned_tables() -> list[Table]:
    """The tables whose rows belong to workspaces."""
    tables = Base.metadata.sorted_tables
    return [table for table in tables if "workspace_id" in table.columns and table.name not in ACCOUNT_TABLES]


def secure_rows(connection: Connection) -> None:
    """Makes the role, and gives every table of workspaces its policy; repeats what an earlier call could not do."""
    connection.execute(text(MAKE_ROLE))
    if not connection.scalar(text(f"SELECT to_regrole('{ROLE}') IS NOT NULL")):
        return
    for table in connection.execute(LACKING, {"tables": [table.name for table in owned_tables()]}).all():
        _secure(connection, table)
    for name, right in ((VIEW, "SELECT"), ("audit_log", "INSERT")):
        is_lacking = f"SELECT NOT has_table_privilege('{ROLE}', to_regclass('{name}'), '{right}')"
        if connection.scalar(text(is_lacking)):  # NULL before there is such a table
            connection.execute(text(f"GRANT {right} ON {name} TO {ROLE}"))


def _secure(connection: Connection, table: Row[Any]) -> None:
    if table.is_open:
        connection.execute(text(f"ALTER TABLE {table.relname} ENABLE ROW LEVEL SECURITY"))
    if table.has_no_policy:
        mine = "workspace_id = nullif(current_setting('app.workspace', true), '')::uuid"
        policy = f"CREATE POLICY {ROLE} ON {table.relname} TO {ROLE} USING ({mine}) WITH CHECK ({mine})"
        connection.execute(text(policy))
    connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table.relname} TO {ROLE}"))


async def restrict(session: AsyncSession, workspace_id: UUID) -> None:
    """Begins the transaction: until it ends, the rows of this workspace only."""
    await begin_with(session, f"SELECT {TAKE_ROLE}, set_config('app.workspace', '{workspace_id}', true)")


async def is_secured(engine: AsyncEngine) -> bool:
    """Whether transactions of this login take the role, so that the second wall stands."""
    async with engine.connect() as connection:
        return bool(await connection.scalar(text(f"SELECT {IS_READY}")))


async def warn_unless_secured(engine: AsyncEngine) -> None:
    if not await is_secured(engine):
        log.warning(
            "row_security_off", advice=f"CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO <this login>; migrate again"
        )
