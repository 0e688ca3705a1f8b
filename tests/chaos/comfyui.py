"""`python -m tests.chaos.comfyui <port> <folder> <run log> <seconds per step>`: the simulated ComfyUI as a process."""

import sys
from pathlib import Path

from spoonfeeder.simulator import main

if __name__ == "__main__":
    port, folder, run_log, step_seconds = sys.argv[1:]
    main(
        port=int(port),
        data_directory=Path(folder),
        run_log=Path(run_log),
        step_seconds=float(step_seconds),
        load_seconds=0.0,
        control=True,
    )
