"""The machine: Python, the data home, its disk, the port, the page."""

import fcntl
import http.client
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spoonfeeder import __version__
from spoonfeeder.core.settings import Settings
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.folders import RESTORING, require_whole
from spoonfeeder.embedded.readiness import local_address, require_free
from spoonfeeder.operation.doctor.findings import Finding, ok, warning, wrong
from spoonfeeder.web.files import DIST

FEW_BYTES, FEWEST_BYTES = 2 << 30, 200 << 20
FEW_INODES = 10_000
PRIVATE = ("keys", "postgres", "media")
ANSWER_SECONDS = 3.0


def check_machine() -> list[Finding]:
    said = f"Spoon Feeder {__version__}, Python {platform.python_version()} on {sys.platform} {platform.machine()}"
    return [ok("platform", said), *_zones(), *_page()]


def check_home(settings: Settings) -> list[Finding]:
    home = settings.home
    if not home.is_dir():
        return [ok("data home", f"{home} is not there yet; `spoonfeeder up` makes it")]
    found = [*_modes(home), *_unfinished(home), *_room("data home", home)]
    return found or [ok("data home", f"{home}, {shutil.disk_usage(home).free / 2**30:.1f} GiB free")]


def is_held(home: Path) -> bool:
    """Whether a process of ours holds the data home."""
    try:
        with (home / "lock").open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except OSError:
        return True


def check_port(settings: Settings) -> list[Finding]:
    host, port = local_address(settings)
    front = _front(host, port)
    if front is not None:
        if settings.postgres_url() is None and not is_held(settings.home):
            said = f"The Spoon Feeder that answers on {host}:{port} does not run on {settings.home}."
            return [warning("port", said, "Give this command the same SPOONFEEDER_HOME and PORT as `up`.")]
        named = f"Spoon Feeder {front}".rstrip()
        return [ok("port", f"{named} answers on {host}:{port}")]
    try:
        require_free(settings.host, port)
    except StartError as error:
        if is_held(settings.home):
            return [wrong("port", f"{host}:{port} does not answer as it should.", "Look at what `up` says.")]
        advice = f"End that program, or set another port, e.g. PORT={port + 1}."
        return [wrong("port", f"{str(error).partition(';')[0]}; {_holder(port)} holds it.", advice)]
    if is_held(settings.home):
        return [wrong("port", f"It runs, but nothing answers on {host}:{port}.", "Compare PORT with that of `up`.")]
    return [ok("port", f"{port} is free; nothing runs")]


def _front(host: str, port: int) -> str | None:
    """The version of the Spoon Feeder that answers there; empty where it tells that to nobody who is not signed in."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/api/health", headers={"Host": f"localhost:{port}"})
        told = json.loads(connection.getresponse().read(10_000))
        return (told["data"]["version"] or "") if "status" in told["data"] else None
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()


def _holder(port: int) -> str:
    """The program that listens there, where the kernel says so."""
    try:
        lines = [*Path("/proc/net/tcp").read_text().splitlines(), *Path("/proc/net/tcp6").read_text().splitlines()]
    except OSError:
        return "another program"
    sockets = {f"socket:[{line.split()[9]}]" for line in lines[1:] if f":{port:04X} " in line and " 0A " in line}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()) in sockets:
                pid = link.parts[2]
                return f"{Path(f'/proc/{pid}/comm').read_text().strip()} (process {pid})"
    return "another program"


def _zones() -> Iterator[Finding]:
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        yield wrong("time zones", "There is no time zone data, so no schedule can be read.", "Install tzdata.")


def _page() -> Iterator[Finding]:
    if not (DIST / "index.html").is_file():
        said = "The page is not built: browsers get a notice, the API works."
        yield warning("page", said, "python frontend/build.py build, or install the wheel of a release.")


def _modes(home: Path) -> Iterator[Finding]:
    status = home.stat()
    if status.st_uid not in {os.geteuid(), 0} or not os.access(home, os.W_OK | os.X_OK):
        yield wrong("data home", f"{home} belongs to another user.", "Run this as the user that `up` runs as.")
    for name in PRIVATE:
        part = home / name
        with suppress(OSError):
            if part.stat().st_mode & 0o077:
                yield warning("data home", f"Others on this machine may look into {part}.", f"chmod 700 {part}")


def _unfinished(home: Path) -> Iterator[Finding]:
    try:
        require_whole(home)
    except StartError:
        advice = f"Call `spoonfeeder restore` again, or remove {home / RESTORING}."
        yield wrong("data home", "A restore was interrupted; nothing starts until it is done.", advice)


def _room(check: str, folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    advice = "Free some space, or move it to a larger disk."
    if free < FEWEST_BYTES:
        yield wrong(check, f"The disk of {folder} is full ({free / 2**20:.0f} MiB left).", advice)
    elif free < FEW_BYTES:
        yield warning(check, f"The disk of {folder} is nearly full ({free / 2**20:.0f} MiB left).", advice)
    status = os.statvfs(folder)
    if status.f_files and status.f_favail < FEW_INODES:
        yield warning(check, f"The disk of {folder} has room for {status.f_favail} more files only.", advice)
