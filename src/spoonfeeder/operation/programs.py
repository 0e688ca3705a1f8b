"""pg_dump, pg_restore and psql for a server: the bundled ones, or those of the system where these do not suit it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from spoonfeeder.embedded.binaries import POSTGRES_MAJOR, postgres_programs
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.operation.errors import OperationRefused

NEWER_MAJOR = 18
WITHOUT_TLS = frozenset({"", "disable", "allow", "prefer", "false"})


@dataclass(frozen=True)
class Programs:
    """`environment` names the database and holds the password, which a command line would show to everybody."""

    folder: Path
    major: int
    environment: Mapping[str, str]

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


def programs_for(url: str, least_major: int) -> Programs:
    """For the database of a SQLAlchemy URL and files of `least_major` or older; raises OperationRefused."""
    environment = _environment(url)
    if environment.get("PGSSLMODE", "") in WITHOUT_TLS:
        for major, folder in _bundled():
            if major >= least_major:
                return Programs(folder, major, environment)
    found = shutil.which("pg_dump")
    major = _major(found) if found else 0
    if found is None or major < least_major:
        raise OperationRefused(
            f"pg_dump and pg_restore of PostgreSQL {least_major} or newer are needed on the PATH here (the bundled "
            f"ones know none newer than {NEWER_MAJOR} and speak no TLS): install postgresql-client-{least_major}."
        )
    return Programs(Path(found).parent, major, environment)


def _bundled() -> Iterator[tuple[int, Path]]:
    """Those of the embedded server, and those that the wheel brings of a newer one."""
    try:
        own = postgres_programs()
    except StartError:
        return
    yield int(POSTGRES_MAJOR), own
    newer = own.parents[1] / f"pginstall{NEWER_MAJOR}" / "bin"
    if (newer / "pg_dump").is_file():
        yield NEWER_MAJOR, newer


def _environment(url: str) -> dict[str, str]:
    parts = make_url(url)
    query = {name: value if isinstance(value, str) else value[0] for name, value in parts.query.items()}
    named = {
        "PGHOST": query.get("host", parts.host),
        "PGPORT": query.get("port", parts.port),
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.database,
        "PGSSLMODE": query.get("ssl"),
    }
    return dict(os.environ) | {name: str(value) for name, value in named.items() if value}


def _major(program: str) -> int:
    """Debian's pg_dump is a script that picks the newest; it says which."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0
