"""What the rows, the media folder and the vendors' bill say after a run."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import RowMapping, text

from spoonfeeder.core.settings import Settings
from tests.chaos.faults import LEASE_SECONDS, Done
from tests.chaos.faults import Kind as Fault
from tests.chaos.findings import Findings
from tests.chaos.tasks.traffic import Traffic

OPEN = text("SELECT count(*) FROM tasks WHERE status IN ('pending', 'running')")
TASKS = text(
    "SELECT tasks.id::text, tasks.name, tasks.status, tasks.error, tasks.error_code, tasks.crashes, tasks.attempt,"
    " tasks.generation_id::text, extract(epoch FROM tasks.sent_at)::float8 AS sent_at,"
    " extract(epoch FROM tasks.completed_at)::float8 AS ended_at,"
    " results.id::text AS result_id, results.content, results.outputs::text AS outputs, results.type"
    " FROM tasks LEFT JOIN results ON results.task_id = tasks.id"
)
FILES = text("SELECT sha256, storage_key, thumbnail_key FROM media")
OPEN_CALLS = text(
    "SELECT count(*) AS open FROM usage_calls WHERE status = 'open' AND task_id IN"
    " (SELECT id FROM tasks WHERE status = 'complete')"
)
HEARTBEAT_SECONDS = float(Settings.model_fields["heartbeat_seconds"].default)
UNTIL_BEATEN_SECONDS = HEARTBEAT_SECONDS + LEASE_SECONDS / 2
"""So long the next good heartbeat of a holder may take; until then another may find its lease ended meanwhile."""
OF_OUR_SIDE = {
    Fault.WORKER_KILLED: 0.0,
    Fault.WORKER_PAUSED: UNTIL_BEATEN_SECONDS,
    Fault.POSTGRES_STOPPED: UNTIL_BEATEN_SECONDS,
}
"""What may cut a call off, so that nobody knows what became of it, and how long after the repair."""
UNKNOWN_OUTCOME = "UNKNOWN_OUTCOME"


def read_bill(path: Path) -> dict[int, list[dict[str, Any]]]:
    """What each vendor carried out, by the number of the task."""
    of_task: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        job = json.loads(line)
        of_task[job["number"]].append(job)
    return of_task


def check_rows(findings: Findings, rows: Sequence[RowMapping], traffic: Traffic) -> None:
    """I1, I2: every acknowledged task is there once and has ended."""
    ids = {row["id"] for row in rows}
    lost = [number for number, known in traffic.acked.items() if known not in ids]
    findings.figures["lost"] = str(len(lost))
    findings.expect(not lost, f"I1: acknowledged but not there: {lost[:5]}")
    findings.expect(len(ids) == len(traffic.acked), f"I1: {len(ids)} rows for {len(traffic.acked)} acknowledgements")
    states = Counter(f"{row['status']} {row['error_code'] or ''}".strip() for row in rows)
    findings.figures["states"] = ", ".join(f"{state} {count}" for state, count in sorted(states.items()))
    for row in rows:
        is_well = row["status"] == "complete" or row["error_code"] == UNKNOWN_OUTCOME
        findings.expect(is_well, f"I2: {row['name']} is {row['status']}: {row['error_code']} {row['error']}")


def check_results(findings: Findings, rows: Sequence[RowMapping], files: Sequence[RowMapping], folder: Path) -> None:
    """I3: a complete task has its text or its files, whole and on the disk; another has none."""
    by_digest = {row["sha256"]: row["storage_key"] for row in files}
    for row in rows:
        if row["status"] != "complete":
            findings.expect(row["result_id"] is None, f"I3: {row['name']} is {row['status']} and has a result")
            continue
        if row["result_id"] is None:
            findings.violations.append(f"I3: {row['name']} is complete and has no result")
            continue
        outputs = orjson.loads(row["outputs"])
        findings.expect(bool(outputs) == (row["type"] != "text"), f"I3: {row['name']} has {len(outputs)} files")
        findings.expect(bool(row["content"]), f"I3: {row['name']} has an empty result")
        for output in outputs:
            path = folder / by_digest.get(output["sha256"], "missing")
            same = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == output["sha256"]
            findings.expect(same, f"I3: a file of {row['name']} is not as it was kept")
    stored = {str(path.relative_to(folder)) for path in folder.glob("??/*")}
    known = {key for row in files for key in (row["storage_key"], row["thumbnail_key"])} - {None}
    findings.figures["files without a row"] = str(len(stored - known))
    findings.expect(not known - stored, f"I3: rows without a file: {sorted(known - stored)[:5]}")


def check_bill(
    findings: Findings,
    rows: Sequence[RowMapping],
    traffic: Traffic,
    bill: dict[int, list[dict[str, Any]]],
    faults: Sequence[Done],
) -> None:
    """I4: nothing is billed twice; nothing is complete that no vendor did; an unknown outcome has its reason."""
    numbers = {known: number for number, known in traffic.acked.items()}
    twice = {number: jobs for number, jobs in bill.items() if len(jobs) > 1}
    findings.figures["billed jobs"] = str(sum(len(jobs) for jobs in bill.values()))
    findings.figures["billed twice"] = str(len(twice))
    findings.expect(not twice, f"I4: billed more than once: {dict(list(twice.items())[:3])}")
    for row in rows:
        number = numbers.get(row["id"])
        if number is None:  # I1 has told
            continue
        is_free = traffic.kinds[number].name.startswith(("ollama", "comfyui"))
        if row["status"] == "complete" and not is_free:
            findings.expect(bool(bill.get(number)), f"I4: {row['name']} is complete, but no vendor did it")
        if row["error_code"] == UNKNOWN_OUTCOME:
            findings.expect(not is_free, f"I4: {row['name']} costs nothing and could have been asked again")
            has_reason = was_cut_off(row["sent_at"], row["ended_at"], faults)
            findings.expect(has_reason, f"I4: {row['name']} has an unknown outcome, but nothing cut it off")
    unknown = sum(row["error_code"] == UNKNOWN_OUTCOME for row in rows)
    findings.figures["unknown outcomes"] = str(unknown)


def was_cut_off(sent_at: float | None, ended_at: float, faults: Sequence[Done]) -> bool:
    """Whether a fault of our side, or what it left, met a task between its call and its end."""
    if sent_at is None:
        return False
    cuts = ((each.began, each.ended + OF_OUR_SIDE[each.kind]) for each in faults if each.kind in OF_OUR_SIDE)
    return any(began <= ended_at and sent_at <= ended for began, ended in cuts)
