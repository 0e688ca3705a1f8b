"""Migrations bring any database of ours to the tables of the code, both ways, and touch no other database."""

import asyncio
from collections.abc import Iterable
from itertools import product

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from spoonfeeder.db import DEFAULT_WORKSPACE_ID, LOCAL_OWNER_ID, Base
from spoonfeeder.db.migrate import (
    MigrationRefused,
    SchemaOutdated,
    check,
    downgrade,
    run_on,
    script_location,
    upgrade,
)
from spoonfeeder.db.session import open_engine, open_sessions
from tests.db.rows import seed_every_table

CATALOG = {
    "columns": """SELECT table_name, column_name, data_type, character_maximum_length, numeric_precision, is_nullable,
        column_default FROM information_schema.columns WHERE table_schema = 'public'
        AND (table_schema, table_name) NOT IN (SELECT schemaname, viewname FROM pg_views)""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}


def rows_of(url: str, statement: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    run_on(url, lambda connection: found.extend(tuple(row) for row in connection.execute(text(statement))))
    return found


def execute(url: str, statement: str) -> None:
    def run(connection: Connection) -> None:
        connection.execute(text(statement))

    run_on(url, run)


def catalog_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    def ours(rows: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
        return sorted((row for row in rows if row[0] != "alembic_version"), key=repr)

    return {name: ours(rows_of(url, statement)) for name, statement in CATALOG.items()}


def test_alembic_finds_no_difference_between_tables_and_migrations(database_url: str) -> None:
    differences: list[object] = []

    def compare(connection: Connection) -> None:
        options = {"compare_type": True, "compare_server_default": True}
        differences.extend(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))

    run_on(database_url, compare)
    assert differences == []


def test_checks_and_partial_indexes_are_the_same_too(database_url: str, empty_database_url: str) -> None:
    run_on(empty_database_url, Base.metadata.create_all)
    assert catalog_of(database_url) == catalog_of(empty_database_url)


def test_there_is_one_line_of_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(script_location()))
    config.set_main_option("path_separator", "os")
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


async def test_down_and_up_again_with_rows_in_every_table(empty_database_url: str) -> None:
    await asyncio.to_thread(upgrade, empty_database_url)
    engine = open_engine(empty_database_url, pool_size=1)
    async with open_sessions(engine)() as session:
        await seed_every_table(session)
    await engine.dispose()
    counts = " UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in Base.metadata.tables)
    assert all(count == (1,) for count in await asyncio.to_thread(rows_of, empty_database_url, counts))

    await asyncio.to_thread(downgrade, empty_database_url, "base")
    left = await asyncio.to_thread(catalog_of, empty_database_url)
    assert left == {"columns": [], "constraints": [], "indexes": []}
    functions = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    assert await asyncio.to_thread(rows_of, empty_database_url, functions) == []

    await asyncio.to_thread(upgrade, empty_database_url)
    await asyncio.to_thread(check, empty_database_url)


def test_each_step_can_be_undone_on_its_own(empty_database_url: str) -> None:
    for _ in script_location().glob("versions/*.py"):
        upgrade(empty_database_url, "+1")
        before = catalog_of(empty_database_url)
        downgrade(empty_database_url, "-1")
        upgrade(empty_database_url, "+1")
        assert catalog_of(empty_database_url) == before
    check(empty_database_url)


def test_generations_of_before_are_found_by_their_words(empty_database_url: str) -> None:
    upgrade(empty_database_url, "0015")
    row = f"VALUES ('{DEFAULT_WORKSPACE_ID}', 'A lighthouse', '2026-01-01')"
    execute(empty_database_url, f"INSERT INTO comfyui_generations (workspace_id, prompt_text, updated_at) {row}")
    found = "SELECT search @@ 'lighthouse', updated_at = '2026-01-01' FROM comfyui_generations"
    for _ in range(2):
        upgrade(empty_database_url)
        assert rows_of(empty_database_url, found) == [(True, True)]
        downgrade(empty_database_url, "0015")


def test_the_local_owner_and_the_default_workspace_are_there(database_url: str) -> None:
    owners = """SELECT m.workspace_id, m.user_id, m.role, u.role, u.email, w.name FROM workspace_members m
        JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.id = m.workspace_id"""
    expected = (DEFAULT_WORKSPACE_ID, LOCAL_OWNER_ID, "owner", "admin", "owner@localhost", "Default")
    assert rows_of(database_url, owners) == [expected]


def test_busy_tables_are_vacuumed_early_and_leave_room_for_updates(database_url: str) -> None:
    options = set(rows_of(database_url, "SELECT relname, unnest(reloptions) FROM pg_class WHERE relkind = 'r'"))
    wanted = ["fillfactor=85", "autovacuum_vacuum_scale_factor=0.05", "autovacuum_analyze_scale_factor=0.02"]
    assert options == set(product(("tasks", "comfyui_generations"), wanted))


async def test_two_migrations_at_the_same_time_do_not_collide(empty_database_url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(upgrade, empty_database_url) for _ in range(4)))
    await asyncio.to_thread(check, empty_database_url)


def test_a_failing_migration_leaves_the_database_as_it_was(empty_database_url: str) -> None:
    execute(empty_database_url, "CREATE TABLE media (id int)")
    before = catalog_of(empty_database_url)
    with pytest.raises(Exception, match="media"):
        upgrade(empty_database_url)
    assert catalog_of(empty_database_url) == before


def test_a_database_of_the_node_version_is_refused_in_a_sentence(empty_database_url: str) -> None:
    execute(empty_database_url, "CREATE TABLE knex_migrations (id int)")
    with pytest.raises(MigrationRefused, match=r"knex_migrations.*empty database\.$"):
        upgrade(empty_database_url)
    assert {row[0] for row in catalog_of(empty_database_url)["columns"]} == {"knex_migrations"}


def test_check_tells_what_to_do(empty_database_url: str) -> None:
    with pytest.raises(SchemaOutdated, match="spoonfeeder migrate"):
        check(empty_database_url)
    upgrade(empty_database_url, "0003")
    with pytest.raises(SchemaOutdated, match="spoonfeeder migrate"):
        check(empty_database_url)
    upgrade(empty_database_url)
    execute(empty_database_url, "UPDATE alembic_version SET version_num = 'z'")
    with pytest.raises(SchemaOutdated, match="newer version"):
        check(empty_database_url)
    with pytest.raises(SchemaOutdated, match="newer version"):
        upgrade(empty_database_url)


def test_no_more_rights_are_needed_than_the_owner_of_a_database_has(database_url: str) -> None:
    superuser = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    assert rows_of(database_url, superuser) == [(False,)]
