"""`make restore-drill`: backs up and restores 10,000 generations and says how long that takes (F41: 5 minutes at most).

One generation is made through the API; the others are copies of its rows, each with a picture of its own.
"""

import argparse
import asyncio
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import asyncpg

from spoonfeeder.db.migrate import upgrade
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.simulator import Options, Simulator
from tests.embedded.running_up import Up
from tests.fixtures.application import serve_work, serving
from tests.fixtures.workflows import workflow
from tests.operation.installation import home_settings, rows_of

MOST_SECONDS = 300.0
PNG = b"\x89PNG\r\n\x1a\n"


async def make(url: str, redis_url: str, home: Path, count: int, picture_bytes: int) -> None:
    settings = home_settings(url, redis_url, home)
    async with (
        Simulator(Options(step_seconds=0.005, probes=True)) as simulator,
        serving(settings, simulator) as application,
        serve_work(settings),
    ):
        session = await application.session(workflow("model_free_trivial"))
        first = (await application.ended((await application.generate(session))["id"]))["id"]
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    columns = {
        table: [row[0] for row in await connection.fetch(COLUMNS, table)] for table in ("comfyui_generations", "media")
    }
    names = ", ".join(columns["comfyui_generations"])
    await connection.execute(
        f"INSERT INTO comfyui_generations (id, {names}) SELECT gen_random_uuid(), {names} FROM comfyui_generations, "
        f"generate_series(1, {count - 1})"
    )
    kept = ", ".join(name for name in columns["media"] if name not in CHANGED)
    copied = (
        f"INSERT INTO media (id, generation_id, bytes, sha256, storage_key, {kept}) "
        f"SELECT $1, $2, $3, $4, $5, {kept} FROM media WHERE generation_id = $6 AND position = 0 LIMIT 1"
    )
    others = await connection.fetch("SELECT id FROM comfyui_generations WHERE id <> $1", uuid.UUID(first))
    rows = [picture(settings.media_path, row[0], picture_bytes, uuid.UUID(first)) for row in others]
    await connection.executemany(copied, rows)
    await connection.execute("UPDATE comfyui_sessions SET generation_count = $1, completed_count = $1", count)
    await connection.close()


COLUMNS = """
    SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = $1 AND column_name <> 'id'
        AND is_generated = 'NEVER' AND is_identity = 'NO'
"""
CHANGED = {"generation_id", "bytes", "sha256", "storage_key", "thumbnail_key"}


def picture(root: Path, generation: uuid.UUID, size: int, first: uuid.UUID) -> tuple[object, ...]:
    media_id, content = uuid.uuid4(), PNG + os.urandom(size)
    key = f"{str(media_id)[:2]}/{media_id}.png"
    place = root / key
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return media_id, generation, len(content), hashlib.sha256(content).hexdigest(), key, first


def timed(home: Path, *arguments: str) -> float:
    started = time.monotonic()
    environment = {"PATH": os.environ["PATH"], "SPOONFEEDER_HOME": str(home)}
    subprocess.run([sys.executable, "-P", "-m", "spoonfeeder", *arguments], env=environment, check=True)
    return time.monotonic() - started


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--generations", type=int, default=10_000)
    options.add_argument("--picture-kb", type=int, default=150)
    wish = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="sf-drill-") as folder:
        base = Path(folder)
        base.chmod(0o711)
        here, there, archive = base / "here", base / "there", base / "drill.tar"
        for home in (here, there):
            home.mkdir(mode=0o711)
        with EmbeddedPostgres(here) as postgres, EmbeddedRedis(here / "redis", durable=False) as redis:
            upgrade(postgres.url())
            asyncio.run(make(postgres.url(), redis.url, here, wish.generations, wish.picture_kb * 1000))
        saving = timed(here, "backup", str(archive), "-q")
        restoring = timed(there, "restore", str(archive), "-q")
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        up = Up(there, DEMO="off")
        booting = up.until_ready()
        shown = up.get("/comfyui/generations?limit=1")
        up.process.terminate()
        up.process.wait()
        size = archive.stat().st_size
        with EmbeddedPostgres(here) as source, EmbeddedPostgres(there) as target:
            before, after = (asyncio.run(rows_of(server.url())) for server in (source, target))
        same = before["comfyui_generations"] == after["comfyui_generations"] and before["media"] == after["media"]
    sys.stdout.write(
        f"{wish.generations:,} generations, archive {size / 1e6:,.0f} MB\n"
        f"backup   {saving:6.1f} s\nrestore  {restoring:6.1f} s\nstart    {booting:6.1f} s\n"
        f"RTO      {restoring + booting:6.1f} s (at most {MOST_SECONDS:.0f})\n"
        f"largest process {memory:,.0f} MB; rows of generations and media equal: {same}; answers: {bool(shown)}\n"
    )
    if not same or restoring + booting > MOST_SECONDS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
