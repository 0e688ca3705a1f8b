"""What the database and the media folder hold after a run (I1-I3, I5, I8)."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.chaos.findings import Findings

OPEN = text("SELECT count(*) FROM comfyui_generations WHERE status IN ('pending', 'running')")
GENERATIONS = text(
    "SELECT id::text, session_id::text, status, outputs, error, fence, crashes,"
    " extract(epoch FROM completed_at) AS ended_at"
    " FROM comfyui_generations"
)
MEDIA = text("SELECT generation_id::text, position, sha256, bytes, storage_key, thumbnail_key FROM media")
SESSIONS = text("SELECT id::text, generation_count, completed_count, failed_count FROM comfyui_sessions")
CONNECTIONS = text(
    "SELECT count(*) AS total, count(*) FILTER (WHERE state <> 'idle') AS busy FROM pg_stat_activity"
    " WHERE datname = 'spoonfeeder' AND pid <> pg_backend_pid()"
)


async def none_open(engine: AsyncEngine) -> bool:
    async with engine.connect() as connection:
        return int((await connection.execute(OPEN)).scalar_one()) == 0


async def read(engine: AsyncEngine, statement: Any) -> list[RowMapping]:
    async with engine.connect() as connection:
        return list((await connection.execute(statement)).mappings())


def check_generations(findings: Findings, rows: list[RowMapping], acked: dict[str, str]) -> None:
    ids = {row["id"] for row in rows}
    lost = [known for known in acked.values() if known not in ids]
    findings.figures["lost"] = str(len(lost))
    findings.expect(not lost, f"I1: acknowledged but not there: {lost[:5]}")
    findings.expect(len(set(acked.values())) == len(acked), "I1: two keys were answered with one generation")
    extra = ids - set(acked.values())
    findings.expect(not extra, f"I1: rows that nobody was told of: {sorted(extra)[:5]}")
    states = Counter(row["status"] for row in rows)
    findings.figures["states"] = ", ".join(f"{state} {count}" for state, count in states.items())
    findings.figures["claimed more than once"] = str(sum(row["fence"] > 1 for row in rows))
    for row in rows:
        sentence = f"I2: {row['id']} is {row['status']}: {row['error']} (crashes {row['crashes']})"
        findings.expect(row["status"] == "completed", sentence)


def check_results(findings: Findings, rows: list[RowMapping], media: list[RowMapping], folder: Path) -> None:
    """One picture each, in the row, in `media` and on the disk, and no file that nobody knows."""
    of_generation = {row["generation_id"]: row for row in media}
    findings.expect(len(of_generation) == len(media), "I3: a generation has its result twice")
    for row in rows:
        shown = orjson.loads(row["outputs"])
        kept = of_generation.get(row["id"])
        if len(shown) != 1 or kept is None:
            findings.violations.append(f"I3: {row['id']} shows {len(shown)} outputs, media row: {kept}")
            continue
        path = folder / kept["storage_key"]
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        same = shown[0]["sha256"] == kept["sha256"] == digest
        findings.expect(same, f"I3: {row['id']}: {shown[0]['sha256']} shown, {kept['sha256']} kept, {digest} on disk")
    known = {key for row in media for key in (row["storage_key"], row["thumbnail_key"])}
    stored = {str(path.relative_to(folder)) for path in folder.glob("??/*")}
    findings.expect(stored == known - {None}, f"I3: files without a row: {sorted(stored - known)[:5]}")


def check_counters(findings: Findings, sessions: list[RowMapping], rows: list[RowMapping]) -> None:
    for session in sessions:
        own = Counter(row["status"] for row in rows if row["session_id"] == session["id"])
        told = (session["generation_count"], session["completed_count"], session["failed_count"])
        counted = (own.total(), own["completed"], own["failed"])
        findings.expect(told == counted, f"I5: session {session['id']} says {told}, its rows say {counted}")


async def check_connections(findings: Findings, engine: AsyncEngine, when: str, most: int) -> None:
    [row] = await read(engine, CONNECTIONS)
    findings.figures[f"database connections {when}"] = f"{row['total']} ({row['busy']} busy)"
    findings.expect(row["total"] <= most, f"I8: {row['total']} database connections {when}, at most {most} expected")
