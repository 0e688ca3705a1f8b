"""The folders of the data home, their owners, and who may use it at the moment."""

import fcntl
import hashlib
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.process import Account

SOCKET_PATH_BYTES = 103 if sys.platform == "darwin" else 107
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"
SHORT_PARENT = Path("/tmp")  # noqa: S108 - own_private_folder checks whose the folder there is
LOG_BYTES = 5_000_000
RESTORING = "restoring"


class HomeTaken(StartError):
    """Another process uses the data home."""


def open_home(home: Path) -> Path:
    """Makes the data home (0711, so that the database's user can go through it) and returns its absolute path."""
    home = home.expanduser().absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711)
    except OSError as error:
        raise StartError(f"SPOONFEEDER_HOME={home} cannot be used: {error.strerror}.") from None
    return home


def require_whole(home: Path) -> None:
    """Raises StartError where a restore into the data home did not come to its end."""
    left = home / RESTORING
    if left.exists():
        raise StartError(
            f"A restore into {home} was interrupted: call `spoonfeeder restore` again, or remove {left} to go on with "
            "what was there before."
        )


def simulator_port_file(home: Path) -> Path:
    """Where `up` keeps the port of its simulator."""
    return home / "simulator.port"


def last_simulator_port(home: Path) -> int | None:
    kept = simulator_port_file(home)
    last = kept.read_text() if kept.exists() else ""
    return int(last) if last.isdecimal() else None


def lock_home(home: Path) -> IO[str]:
    """Holds the data home until the returned file is closed; raises HomeTaken when another process has it."""
    file = (home / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        owner = file.read().strip()
        file.close()
        raise HomeTaken(f"Spoon Feeder already runs on {home} (process {owner}); stop that one first.") from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def private_folder(path: Path, account: Account | None = None) -> Path:
    """A folder that only its owner (`account`, else the caller) can enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    if account:
        account.own(path)
    return path


def socket_folder(preferred: Path) -> Path:
    """`preferred`, or a folder with a short plain name in /tmp where a socket's path would be too long.

    A path that needs quoting in a URL counts as too long: not every client of a `unix://` URL unquotes it.
    """
    if len(os.fsencode(preferred)) + len(LONGEST_SOCKET_NAME) <= SOCKET_PATH_BYTES and _is_plain(preferred):
        return preferred
    digest = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:12]
    return SHORT_PARENT / f"spoonfeeder-{digest}"


def give_back(sockets: Path) -> None:
    """Removes a socket folder in /tmp that nothing stands in any more."""
    if sockets.parent == SHORT_PARENT:
        with suppress(OSError):
            sockets.rmdir()


def own_private_folder(path: Path, account: Account | None = None) -> Path:
    """`private_folder` in a place where others may write: raises StartError when somebody else made it before us."""
    path.mkdir(mode=0o700, exist_ok=True)
    ours = {os.geteuid(), account.uid if account else os.geteuid()}
    if path.is_symlink() or path.stat().st_uid not in ours:
        raise StartError(f"{path} belongs to somebody else; remove it or choose a shorter SPOONFEEDER_HOME.")
    return private_folder(path, account)


def open_log(path: Path) -> IO[bytes]:
    """Opens a log for appending; one that has grown large becomes `<name>.old` first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".old"))
    return path.open("ab")


def _is_plain(path: Path) -> bool:
    return re.fullmatch(r"[A-Za-z0-9._/-]+", str(path)) is not None
