"""`python -m tests.chaos --generations 300 --seed 1`: exit status 1 when a promise was broken."""

import argparse
import asyncio
import shutil
import signal
import sys
import time
from pathlib import Path

from tests.chaos.findings import keep
from tests.chaos.run import Size, own_folder, run


async def main() -> int:
    options = _options()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, cancel, asyncio.current_task())
    began = time.monotonic()
    with own_folder() as folder:
        try:
            outcome = await run(Size(options.generations, options.seed, api_kills=options.api_kills), folder)
        finally:
            if options.logs is not None:
                keep_logs(folder, options.logs)
    sys.stdout.write(f"chaos, seed {options.seed}, {time.monotonic() - began:.0f} s\n{outcome.table}\n")
    sys.stdout.write(f"{keep(f'chaos-{options.generations}', outcome.findings.as_json())}\n")
    return 1 if outcome.findings.violations else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Generations under mixed faults.")
    parser.add_argument("--generations", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--api-kills", type=int, default=0, help="kills of the API on top of the other faults")
    parser.add_argument("--logs", type=Path, help="a folder to keep the programs' logs in")
    return parser.parse_args()


def cancel(task: "asyncio.Task[int] | None") -> None:
    if task is not None:
        task.cancel()


def keep_logs(folder: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for log in (*folder.glob("*.log"), *folder.glob("*.jsonl"), *folder.glob("logs/*")):
        shutil.copy(log, target)


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit("chaos: stopped")
