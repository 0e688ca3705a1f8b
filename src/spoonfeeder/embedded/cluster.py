"""The data folder of PostgreSQL: made once, refused when another major version made it."""

import os
import shutil
import sys
from pathlib import Path

from spoonfeeder.embedded.binaries import POSTGRES_MAJOR
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.folders import private_folder
from spoonfeeder.embedded.process import Account, run

SUPERUSER = "postgres"


def create_cluster(programs: Path, data: Path, account: Account | None, *, durable: bool) -> None:
    """Runs initdb beside `data` and renames the result, so that an interrupted one leaves nothing that looks ready."""
    staging = data.with_name(f"{data.name}.incomplete")
    shutil.rmtree(staging, ignore_errors=True)
    private_folder(staging, account)
    options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", *_locale(), "--data-checksums"]
    run([programs / "initdb", "-D", staging, *options, *([] if durable else ["-N"])], account=account, folder=staging)
    staging.rename(data)


def refuse_other_major(data: Path) -> None:
    """Raises StartError unless this major version of PostgreSQL made `data`."""
    try:
        major = (data / "PG_VERSION").read_text().strip()
    except OSError:
        raise StartError(f"{data} holds no PostgreSQL data; move it away to start anew.") from None
    if major != POSTGRES_MAJOR:
        raise StartError(
            f"{data} was made by PostgreSQL {major}, this is PostgreSQL {POSTGRES_MAJOR}: "
            "dump it with the old version and restore it, or choose another SPOONFEEDER_HOME."
        )


def forget_zombie(lock: Path) -> None:
    """Lets a start succeed although the last postmaster is a zombie, which it stays where nobody reaps orphans.

    PostgreSQL takes the process that a pid file names for a running postmaster, zombie or not, unless it is its own
    parent (src/backend/utils/init/miscinit.c, CreateLockFile). So ours is written in its place; the file itself stays,
    because that of the data folder also names the shared memory that a left-over backend may still use.
    """
    try:
        pid, rest = lock.read_text().split("\n", 1)
        state = Path(f"/proc/{int(pid)}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return
    if state == "Z":
        lock.write_text(f"{os.getpid()}\n{rest}")


def _locale() -> list[str]:
    """Text sorts by code point everywhere; macOS has no C.UTF-8 and names the character type alone."""
    return ["--locale=C", "--lc-ctype=UTF-8"] if sys.platform == "darwin" else ["--locale=C.UTF-8"]
