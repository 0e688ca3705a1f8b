"""`python -m tests.chaos.tasks --tasks 1000 --seed 1`: exit status 1 when a promise was broken."""

import argparse
import asyncio
import signal
import sys
import time
from pathlib import Path

from tests.chaos.__main__ import cancel, keep_logs
from tests.chaos.run import own_folder
from tests.chaos.tasks.run import Size, run


async def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.tasks", description="Tasks under mixed faults.")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logs", type=Path, help="a folder to keep the programs' logs in")
    options = parser.parse_args()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, cancel, asyncio.current_task())
    began = time.monotonic()
    with own_folder() as folder:
        try:
            outcome = await run(Size(options.tasks, options.seed), folder)
        finally:
            if options.logs is not None:
                keep_logs(folder, options.logs)
    sys.stdout.write(f"chaos of tasks, seed {options.seed}, {time.monotonic() - began:.0f} s\n{outcome.table}\n")
    return 1 if outcome.findings.violations else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit("chaos: stopped")
