"""`python -m tests.chaos.sweep --axes 4 5 10 [--kill away|back]`: exit status 1 when a bar or a promise was broken."""

import argparse
import asyncio
import signal
import sys
import time
from pathlib import Path

from tests.chaos.__main__ import cancel, keep_logs
from tests.chaos.run import own_folder
from tests.chaos.sweep.run import run
from tests.chaos.sweep.size import Size


async def main() -> int:
    options = _options()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, cancel, asyncio.current_task())
    began = time.monotonic()
    size = Size(tuple(options.axes), options.fast, options.slow, kill=options.kill)
    with own_folder() as folder:
        try:
            findings = await run(size, folder)
        finally:
            if options.logs is not None:
                keep_logs(folder, options.logs)
    sys.stdout.write(f"sweep, {size}, {time.monotonic() - began:.0f} s\n{findings.table()}\n")
    return 1 if findings.violations else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.sweep", description="A sweep over two ComfyUIs.")
    parser.add_argument("--axes", type=int, nargs=3, default=[4, 5, 10], help="how many samplers, scales and seeds")
    parser.add_argument("--fast", type=float, default=0.5, help="seconds that the faster one needs for a picture")
    parser.add_argument("--slow", type=float, default=1.0)
    parser.add_argument(
        "--kill", choices=["away", "back"], help="kill the faster one halfway; it stays away or is back"
    )
    parser.add_argument("--logs", type=Path, help="a folder to keep the programs' logs in")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit("sweep: stopped")
