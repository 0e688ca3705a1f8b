"""What a restore goes into: whether it is empty, whether it is used, and what tells that a restore did not end."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from spoonfeeder.core.key_ring import KEY_FILE
from spoonfeeder.core.settings import Settings
from spoonfeeder.embedded.folders import RESTORING, HomeTaken, lock_home, open_home, private_folder
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.operation.errors import OperationRefused

State = Literal["empty", "ours", "foreign"]
TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'".replace("::", r"\:\:")
)
OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND application_name = 'spoonfeeder'"
)
WAS_EMPTY = "was-empty"


@contextmanager
def held_database(settings: Settings) -> Iterator[str]:
    """The SQLAlchemy URL of the database, of a data home that nobody else uses meanwhile.

    Raises StartError, OperationRefused where Spoon Feeder runs on it.
    """
    settings.home = open_home(settings.home)
    url = settings.postgres_url()
    try:
        lock = lock_home(settings.home)
    except HomeTaken as error:
        raise OperationRefused(str(error)) from None
    with lock:
        if url is not None:
            yield url
            return
        with EmbeddedPostgres(settings.home) as server:
            yield server.url()


async def look_at(url: str) -> State:
    """Raises OperationRefused while processes of ours use it."""
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": 10})
    try:
        async with engine.connect() as connection:
            if count := await connection.scalar(OTHERS):
                raise OperationRefused(
                    f"Spoon Feeder uses this database now ({count} connections): stop all its processes first."
                )
            tables = set((await connection.scalars(TABLES)).all())
    finally:
        await engine.dispose()
    if not tables:
        return "empty"
    return "ours" if {"alembic_version", "system_values", "workspaces"} <= tables else "foreign"


class Marker:
    """The folder `restoring` of the data home: while it is there, nothing of ours starts on that home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / RESTORING

    def was_empty(self, url: str) -> bool:
        """An earlier restore began with an empty database there, so all that it holds comes from that."""
        place = self.folder / WAS_EMPTY
        return place.exists() and place.read_text() == _digest(url)

    def set(self, url: str, *, into_nothing: bool) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        private_folder(self.folder)
        if into_nothing:
            (self.folder / WAS_EMPTY).write_text(_digest(url))

    def remove(self) -> None:
        shutil.rmtree(self.folder)


def place_keys(home: Path, keys: str) -> Path | None:
    """Puts them where the ring is read from; where the former ones were moved to, if there were any."""
    place, former = home / KEY_FILE, None
    private_folder(place.parent)
    if place.exists():
        former = place.with_name(f"{place.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        os.link(place, former)
    draft = place.with_name(f".{place.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(keys)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)
    return former


def _digest(url: str) -> str:
    """It holds a password."""
    return hashlib.sha256(url.encode()).hexdigest()
