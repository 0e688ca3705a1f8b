import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from tests.embedded.processes import wait_for


@pytest.fixture
def home() -> Iterator[Path]:
    """Outside pytest's own folders, which the database's user may not enter."""
    folder = Path(tempfile.mkdtemp(prefix="sf-home-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


async def ask(server: EmbeddedPostgres, sql: str) -> object:
    connection = await asyncpg.connect(server.url().replace("+asyncpg", ""))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def sockets_of(server: EmbeddedPostgres) -> Path:
    return Path(server.url().partition("host=")[2])


async def test_the_application_is_no_superuser_and_owns_its_database(postgres: EmbeddedPostgres) -> None:
    assert await ask(postgres, "SELECT current_user || rolsuper FROM pg_roles WHERE rolname = current_user") == (
        "spoonfeederfalse"
    )
    assert await ask(
        postgres, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    ) == ("spoonfeeder")


async def test_text_sorts_by_code_point_and_pages_have_checksums(postgres: EmbeddedPostgres) -> None:
    assert await ask(postgres, "SELECT string_agg(t, '' ORDER BY t) FROM unnest(array['b','a','B','é']) t") == "Babé"
    assert await ask(postgres, "SHOW data_checksums") == "on"


async def test_it_listens_on_no_network_address(postgres: EmbeddedPostgres) -> None:
    assert await ask(postgres, "SHOW listen_addresses") == ""


async def test_data_outlives_a_stop_and_a_kill(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        await ask(server, "CREATE TABLE kept AS SELECT 41 + 1 AS answer")
    with EmbeddedPostgres(home) as server:
        os.kill(server.pid, signal.SIGKILL)
        # Nobody reaps it here, as in a container whose first process does not: its pid file names a zombie.
        with EmbeddedPostgres(home) as successor:
            assert await ask(successor, "SELECT answer FROM kept") == 42


async def test_a_folder_with_spaces_and_a_long_name_works(home: Path) -> None:
    folder = home / ("a long name " * 12)
    folder.mkdir()
    folder.chmod(0o711)

    with EmbeddedPostgres(folder, durable=False) as server:
        assert " " not in server.url()
        assert await ask(server, "SELECT 1") == 1
    assert not sockets_of(server).exists(), "nothing stays behind in /tmp"


async def test_an_interrupted_first_start_is_begun_anew(home: Path) -> None:
    left = home / "postgres.incomplete"
    left.mkdir()
    (left / "PG_VERSION").write_text("16\n")

    with EmbeddedPostgres(home, durable=False) as server:
        assert await ask(server, "SELECT 1") == 1
    assert not left.exists()


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    data = home / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")

    with pytest.raises(StartError, match=r"was made by PostgreSQL 15, this is PostgreSQL 16"):
        EmbeddedPostgres(home).start()
    assert list(data.iterdir()) == [data / "PG_VERSION"]


def test_a_server_that_cannot_start_names_its_log(home: Path, postgres: EmbeddedPostgres) -> None:
    with EmbeddedPostgres(home, durable=False):
        pass
    (home / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(StartError, match=r"PostgreSQL did not start; .*postgres.log says why"):
        EmbeddedPostgres(home).start()


def test_a_failing_statement_tells_why(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(StartError, match="no_such_table"):
        postgres.execute("SELECT * FROM no_such_table")


def test_the_server_dies_with_the_thread_that_started_it(home: Path) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            EmbeddedPostgres(home, durable=False).start()
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL, "PostgreSQL did not start"

    lock = home / "postgres" / "postmaster.pid"
    wait_for(lambda: not _holds(lock), 30)


def _holds(lock: Path) -> bool:
    try:
        postmaster = int(lock.read_text().split()[0])
    except FileNotFoundError:
        return False
    return Path(f"/proc/{postmaster}").exists()
