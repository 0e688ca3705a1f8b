"""The command line as a person meets it: every refusal is one sentence and exit status 1."""

import json
import os
import socket
from pathlib import Path

import pytest

from spoonfeeder.embedded.folders import lock_home
from tests.cli.terminal import refusal, spoonfeeder, started


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PORT": "99999"}, "PORT"),
        ({"PORT": "web"}, "PORT"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"DEMO": "perhaps"}, "DEMO"),
        ({"COMFYUI_URL": "ftp://x"}, "COMFYUI_URL"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"HOST": "0.0.0.0"}, "HOST=0.0.0.0"),
        ({"ENCRYPTION_KEY": "00" * 32}, "ENCRYPTION_KEY"),
        ({"ENCRYPTION_KEY": "short"}, "ENCRYPTION_KEY"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_starts(tmp_path: Path, environment: dict[str, str], words: str) -> None:
    run = spoonfeeder("up", **{"SPOONFEEDER_HOME": str(tmp_path), "PORT": "0"} | environment)

    assert words in refusal(run)
    assert not (tmp_path / "postgres").exists()


def test_what_nobody_expected_is_one_line_of_the_log_without_secrets() -> None:
    run = started("simulator", "--port", "0", "--data", "/dev/null/api_key=swordfish", LOG_FORMAT="json")

    assert (run.returncode, run.stdout) == (1, "")
    line = json.loads(run.stderr)
    assert (line["event"], line["level"]) == ("ended_by_an_error", "critical")
    assert "NotADirectoryError" in line["exception"]
    assert "swordfish" not in run.stderr


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        run = started("up", SPOONFEEDER_HOME=str(tmp_path), PORT=str(port))

    assert f"Port {port} on 127.0.0.1 cannot be used" in refusal(run)


def test_a_taken_home_is_named(tmp_path: Path) -> None:
    with lock_home(tmp_path):
        run = spoonfeeder("up", SPOONFEEDER_HOME=str(tmp_path), PORT="0")

    assert refusal(run) == f"Spoon Feeder already runs on {tmp_path} (process {os.getpid()}); stop that one first."


@pytest.mark.parametrize("part", ["api", "worker"])
def test_a_single_part_wants_to_know_its_servers(tmp_path: Path, part: str) -> None:
    run = spoonfeeder(part, SPOONFEEDER_HOME=str(tmp_path))

    assert "DATABASE_URL and REDIS_URL are needed" in refusal(run)


def test_migrations_run_up_and_down_and_say_where_they_are(empty_database_url: str) -> None:
    assert "run `spoonfeeder migrate`" in refusal(spoonfeeder("migrate", "check", DATABASE_URL=empty_database_url))
    assert spoonfeeder("migrate", DATABASE_URL=empty_database_url).returncode == 0
    assert spoonfeeder("migrate", "check", DATABASE_URL=empty_database_url).stdout == "Up to date.\n"
    assert spoonfeeder("migrate", "down", DATABASE_URL=empty_database_url).returncode == 0
    assert "run `spoonfeeder migrate`" in refusal(spoonfeeder("migrate", "check", DATABASE_URL=empty_database_url))


def test_a_database_that_is_not_there_is_one_sentence() -> None:
    run = spoonfeeder("migrate", DATABASE_URL="postgresql://a:b@127.0.0.1:1/c")

    assert refusal(run).startswith("The database cannot be reached or changed: ")


def test_migrating_needs_no_server_of_ones_own(server_folder: Path) -> None:
    home = server_folder / "home of migrate"

    assert spoonfeeder("migrate", SPOONFEEDER_HOME=str(home)).returncode == 0
    assert spoonfeeder("migrate", "check", SPOONFEEDER_HOME=str(home)).returncode == 0


def test_keys_are_new_each_time_and_accepted(tmp_path: Path) -> None:
    first, second = (spoonfeeder("key", "new").stdout.strip() for _ in range(2))

    assert first != second
    assert len(bytes.fromhex(first)) == 32
    assert "DATABASE_URL" in refusal(spoonfeeder("worker", SPOONFEEDER_HOME=str(tmp_path), ENCRYPTION_KEY=first))


def test_the_openapi_document_goes_to_the_terminal_or_a_file(tmp_path: Path) -> None:
    target = tmp_path / "openapi.json"

    shown = json.loads(spoonfeeder("openapi").stdout)
    spoonfeeder("openapi", "--output", str(target))

    assert shown["info"]["title"] == "Spoon Feeder"
    assert json.loads(target.read_text()) == shown


def test_help_names_the_commands() -> None:
    shown = started("--help").stdout
    assert "Usage: spoonfeeder [OPTIONS]" in shown

    commands = ("up", "api", "worker", "migrate", "openapi", "simulator", "key", "user", "apikey")
    assert [command for command in commands if f" {command} " not in shown] == []
    assert "prepare" not in shown
