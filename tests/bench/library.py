"""A library of a million generations, half of them in one session, made once and kept beside the repository.

`python -m tests.bench.library ROWS` makes it where it is not there yet, or was made by other rules or migrations; those
that are new since then are applied.
"""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

from spoonfeeder.db import migrate
from spoonfeeder.embedded.postgres import DATABASE, EmbeddedPostgres
from spoonfeeder.embedded.redis import EmbeddedRedis
from tests.bench import library_rows
from tests.bench.processes import ROOT
from tests.bench.stage import OTHER_CORE, environment, own_folder, pin

ROWS, QUICK_ROWS = 1_000_000, 20_000
LONG_SESSION = UUID(int=1)
FILLED = "filled"


@contextmanager
def opened(rows: int) -> Iterator[dict[str, str]]:
    """The environment that leads to it, brought to the tables of this version."""
    subprocess.run([sys.executable, "-m", "tests.bench.library", str(rows)], cwd=ROOT, check=True)
    with ExitStack() as stack:
        redis = stack.enter_context(EmbeddedRedis(stack.enter_context(own_folder()) / "redis"))
        postgres = stack.enter_context(EmbeddedPostgres(_folder_of(rows)))
        for server in (postgres, redis):
            assert server.process is not None
            pin(server.process.pid, OTHER_CORE)
        yield environment(postgres.url(), redis.url, _folder_of(rows))


def cache() -> Path:
    """`BENCH_CACHE` says where; PostgreSQL's user must be able to enter it."""
    return Path(os.environ.get("BENCH_CACHE") or Path(tempfile.gettempdir()) / "spoonfeeder-bench")


def _folder_of(rows: int) -> Path:
    return cache() / f"{rows}-{library_rows.VERSION}"


def _make(rows: int) -> None:
    folder, applied = _folder_of(rows), _migrations()
    before = json.loads((folder / FILLED).read_text()) if (folder / FILLED).exists() else {}
    if before == applied:
        return
    is_filled = bool(before) and before.items() <= applied.items()
    for outdated in [*folder.parent.glob(f"{rows}-*")]:
        if outdated != folder or not is_filled:
            shutil.rmtree(outdated)
    for part in (folder.parent, folder):
        part.mkdir(parents=True, exist_ok=True)
        part.chmod(0o711)
    began = time.monotonic()
    with EmbeddedPostgres(folder, durable=is_filled) as postgres:
        migrate.upgrade(postgres.url())
        if is_filled:
            postgres.execute("VACUUM ANALYZE", DATABASE)
        else:
            asyncio.run(library_rows.fill(postgres.url().replace("+asyncpg", ""), rows))
    (folder / FILLED).write_text(json.dumps(applied))
    if not is_filled:
        print(f"  a library of {rows:,} generations was made in {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201


def _migrations() -> dict[str, str]:
    """Their digests: one that was changed after it was applied makes another library."""
    files = sorted((migrate.script_location() / "versions").glob("*.py"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


if __name__ == "__main__":
    _make(int(sys.argv[1]))
