"""Workers and what waits for them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from spoonfeeder.durable.workers import PREFIX
from spoonfeeder.operation.doctor.findings import Finding, in_words, ok, warning, wrong

WAITS_LONG_SECONDS = 600
LEASE_OVER_SECONDS = 60
WORKERS = text(
    """
    SELECT count(*) FILTER (WHERE updated_at > now() - interval '15 seconds') AS alive,
        extract(epoch FROM now() - max(updated_at)) AS silent_seconds
    FROM system_values WHERE starts_with(key, :prefix)
    """
)
LINE = """
    SELECT count(*) FILTER (WHERE status = 'pending') AS pending,
        count(*) FILTER (WHERE status = 'pending' AND run_after > now()) AS later,
        count(*) FILTER (WHERE status = 'running') AS running,
        count(*) FILTER (WHERE status = 'running' AND lease_until < now() - make_interval(secs => :over)) AS expired,
        extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'pending' AND run_after <= now())) AS oldest
    FROM {} WHERE status IN ('pending', 'running')
"""
HELD_UP = text(
    """
    SELECT p.name, count(DISTINCT g.id) AS waiting, bool_or(b.enabled AND NOT b.draining) AS takes,
        bool_or(b.enabled AND NOT b.draining AND b.status <> 'down') AS works
    FROM comfyui_generations g JOIN profiles p ON p.id = g.profile_id
        LEFT JOIN comfyui_backends b ON b.profile_id = p.id
    WHERE g.status = 'pending' AND p.deleted_at IS NULL
    GROUP BY p.id, p.name ORDER BY waiting DESC LIMIT 20
    """
)


async def check_queue(engine: AsyncEngine, *, is_running: bool) -> list[Finding]:
    async with engine.connect() as connection:
        workers = (await connection.execute(WORKERS, {"prefix": PREFIX})).one()
        lines = {
            name: (await connection.execute(text(LINE.format(table)), {"over": LEASE_OVER_SECONDS})).one()
            for name, table in (("generations", "comfyui_generations"), ("tasks", "tasks"))
        }
        held_up = (await connection.execute(HELD_UP)).all()
    found = [*_workers(workers, sum(line.pending + line.running for line in lines.values()), is_running=is_running)]
    for name, line in lines.items():
        found += _line(name, line, has_workers=bool(workers.alive), is_explained=bool(held_up))
    return [*found, *_held_up(held_up)]


def _workers(seen: Row[Any], work: int, *, is_running: bool) -> Iterator[Finding]:
    if seen.alive:
        yield ok("workers", f"{seen.alive} at work")
        return
    last = f"the last was heard of {in_words(float(seen.silent_seconds))} ago" if seen.silent_seconds else "none"
    if is_running:
        advice = "Start one (`spoonfeeder worker`), or look at what the one of `up` says."
        yield wrong("workers", f"No worker is alive ({last}); what is queued waits.", advice)
    elif work:
        said = f"Nothing runs ({last}), and {work} rows of work wait."
        yield warning("workers", said, "Start `spoonfeeder up`, or the API and a worker.")
    else:
        yield ok("workers", f"nothing runs ({last})")


def _line(name: str, line: Row[Any], *, has_workers: bool, is_explained: bool) -> Iterator[Finding]:
    if has_workers and line.expired:
        said = f"{line.expired} {name} belong to a worker that is gone, and nobody took them over for a minute."
        yield wrong("queue", said, "Restart the workers; look for sweep or job errors in their logs.")
    if has_workers and line.oldest and float(line.oldest) > WAITS_LONG_SECONDS and not is_explained:
        said = f"The oldest of {line.pending} pending {name} waits for {in_words(float(line.oldest))}."
        yield warning("queue", said, "More workers or a larger WORKER_JOBS, WORKER_TASKS or COMFYUI_SLOTS would help.")
    later = f" ({line.later} for a later time)" if line.later else ""
    yield ok("queue", f"{name}: {line.pending} pending{later}, {line.running} running")


def _held_up(rows: Any) -> Iterator[Finding]:
    for row in rows:
        if not row.takes:
            said = f"{row.waiting} generations wait for {row.name}, whose machines are all off or draining."
            yield warning("queue", said, "Switch one of them on again under its profile.")
        elif not row.works:
            said = f"{row.waiting} generations wait for {row.name}, none of whose machines answers."
            yield warning("queue", said, "Start that ComfyUI; they go on by themselves.")
