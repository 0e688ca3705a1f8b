"""A supervised tree of stubs: `stub_tree.py <log> <name>:<behaviour>[:<grace>] …`, then a JSON line of pids.

Behaviours: `polite` ends at SIGTERM, `stubborn` ignores it. Grace is in seconds.
"""

import json
import sys
import time
from pathlib import Path

from spoonfeeder.core import log
from spoonfeeder.embedded.part import Program
from spoonfeeder.embedded.supervisor import Stopped, Supervisor

STUB = """
import pathlib, signal, sys, time
record, name, behaviour = sys.argv[1:]
def write(word):
    with open(record, "a") as file: file.write(f"{name} {word}\\n")
def on_term(number, frame):
    write("asked")
    if behaviour == "polite": sys.exit(0)
signal.signal(signal.SIGTERM, on_term)
signal.signal(signal.SIGINT, lambda *_: write("interrupted"))
write("runs")
while True: time.sleep(0.1)  # a signal that comes right before it is heard at its end
"""


def main() -> None:
    log.configure("info", "console")
    record, *stubs = sys.argv[1:]
    programs = []
    with Supervisor() as supervisor:
        try:
            for stub in stubs:
                name, behaviour, *grace = stub.split(":")
                seconds = float(grace[0]) if grace else 30
                program = Program(
                    name, [sys.executable, "-c", STUB, record, name, behaviour], {}, grace_seconds=seconds
                )
                supervisor.launch(program)
                programs.append(program)
            while Path(record).read_text().count(" runs") < len(stubs):
                time.sleep(0.01)
            print(json.dumps({p.name: p.process.pid for p in programs if p.process}), flush=True)  # noqa: T201
            supervisor.watch()
        except Stopped:
            pass


if __name__ == "__main__":
    main()
