import shutil
import subprocess
from pathlib import Path

import pytest

from spoonfeeder.embedded.binaries import may_enter, postgres_programs, valkey_server
from spoonfeeder.embedded.process import Account

STRANGER = Account(uid=54_321, gid=54_321)


def test_the_programs_of_the_wheels_are_found_and_run() -> None:
    programs = postgres_programs()

    assert "(PostgreSQL) 16." in subprocess.check_output([programs / "postgres", "--version"], text=True)
    assert "v=9." in subprocess.check_output([valkey_server(), "--version"], text=True)


def test_who_may_enter_is_decided_by_every_folder_above(tmp_path: Path) -> None:
    inner = tmp_path / "open" / "inner"
    inner.mkdir(parents=True)
    tmp_path.chmod(0o700)

    owner = tmp_path.stat()

    assert not may_enter(inner, STRANGER)
    assert may_enter(Path("/"), STRANGER)
    assert may_enter(tmp_path, Account(owner.st_uid, owner.st_gid)) == may_enter(
        tmp_path.parent, Account(owner.st_uid, owner.st_gid)
    )


def test_programs_that_the_account_cannot_reach_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = postgres_programs().parents[1]
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    shutil.copytree(package, private / package.name, ignore=shutil.ignore_patterns("pginstall18", "include"))
    if (libraries := package.with_name(f"{package.name}.libs")).is_dir():
        shutil.copytree(libraries, private / libraries.name)
    monkeypatch.syspath_prepend(private)
    copies = tmp_path / "binaries"

    programs = postgres_programs(STRANGER, copies)
    made = (programs / "initdb").stat().st_mtime_ns, programs.stat().st_ino

    assert copies in programs.parents
    shutil.rmtree(private)
    (private / package.name / "pginstall" / "bin").mkdir(parents=True)
    (private / package.name / "__init__.py").touch()
    (private / package.name / "pginstall" / "bin" / "postgres").touch()
    assert "16." in subprocess.check_output([programs / "initdb", "--version"], text=True)
    again = postgres_programs(STRANGER, copies)
    assert ((again / "initdb").stat().st_mtime_ns, again.stat().st_ino) == made
