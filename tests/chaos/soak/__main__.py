"""`python -m tests.chaos.soak --minutes 60 --seed 1`: exit status 1 when something drifted or a promise was broken."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from tests.chaos.__main__ import cancel, keep_logs
from tests.chaos.findings import keep
from tests.chaos.run import own_folder
from tests.chaos.soak.run import run


async def main() -> int:
    options = _options()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, cancel, asyncio.current_task())
    with own_folder() as folder:
        try:
            outcome = await run(options.minutes, options.seed, folder)
        finally:
            if options.logs is not None:
                keep_logs(folder, options.logs)
    sys.stdout.write(f"soak, {options.minutes:g} minutes, seed {options.seed}\n{outcome.findings.table()}\n")
    sys.stdout.write(f"{keep('soak', outcome.as_json())}\n")
    return 1 if outcome.findings.violations else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.soak", description="Long mixed traffic under faults.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logs", type=Path, help="a folder to keep the programs' logs in")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit("soak: stopped")
