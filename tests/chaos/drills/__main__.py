"""`python -m tests.chaos.drills [F5 F13 ...] [--full]`: single faults, each with its bar; exit status 1 when one broke.

Prints a table as docs/reliability.md has it, and writes it as JSON too. `--full` makes them as long as the list says.
"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from tests.chaos.__main__ import cancel
from tests.chaos.drills import (
    of_comfyui,
    of_crowds,
    of_postgres,
    of_programs,
    of_readers,
    of_redis,
    of_storage,
    of_versions,
)
from tests.chaos.drills.drill import Drill, Result, hold
from tests.chaos.drills.scene import LOGS
from tests.chaos.findings import keep

DRILLS = (
    Drill("F4", "worker killed at each of 13 points", of_programs.worker_killed_everywhere),
    Drill("F5", "API killed between commit and answer", of_programs.api_killed_before_its_answer),
    Drill("F8", "Redis silent", of_redis.half_open),
    Drill("F12", "PostgreSQL stopped at once, at any moment and during starts", of_postgres.restarts),
    Drill("F13", "all database sessions ended every 2 s", of_postgres.terminations),
    Drill("F14", "PostgreSQL silent", of_postgres.silence),
    Drill("F15", "no database connection left", of_postgres.no_connection_left),
    Drill("F15", "disk of the media full", of_storage.disk_full),
    Drill("F16", "deadlocks and serialization failures, 5 %", of_postgres.another_try_wanted),
    Drill("F19", "ComfyUI's answers to submits lost", of_comfyui.answer_lost),
    Drill("F24", "clocks jump by an hour in two workers", of_programs.clock_jumps),
    Drill("F25", "a worker's event loop blocked", of_programs.event_loop_blocked),
    Drill("F28", "browser comes and goes, its API is killed (F29)", of_readers.flapping),
    Drill("F40", "code of before the last migration", of_versions.code_before_the_last_migration),
    Drill("F44", "ten times the requests", of_crowds.spike),
    Drill("F45", "files gone or cut off", of_storage.files_damaged),
)
HEAD = "| | Fault | Bar | Figures | s |\n|---|---|---|---|---|"


async def main() -> int:
    options = _options()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, cancel, asyncio.current_task())
    results: list[Result] = []
    sys.stdout.write(HEAD + "\n")
    for drill in DRILLS:
        if not options.faults or drill.fault in options.faults:
            LOGS.set(options.logs and options.logs / drill.fault)
            result = await hold(drill, full=options.full)
            sys.stdout.write("\n".join([result.as_row(), *(f"BROKEN {one}" for one in result.violations[:5])]) + "\n")
            sys.stdout.flush()
            results.append(result)
    sys.stdout.write(f"{keep('drills', [result.as_json() for result in results])}\n")
    return 0 if all(result.kept for result in results) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.drills", description="Single faults, on purpose.")
    parser.add_argument("faults", nargs="*", choices=[[], *dict.fromkeys(drill.fault for drill in DRILLS)])
    parser.add_argument("--full", action="store_true", help="as often and as long as the list of faults says")
    parser.add_argument("--logs", type=Path, help="a folder to keep the programs' logs in")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit("drills: stopped")
