"""One benchmark in a process of its own: `python -m tests.bench.one NAME FILE [--quick]`."""

import importlib
import json
import sys
from pathlib import Path

import uvloop

from tests.bench.figures import Line


def main(name: str, file: str, *options: str) -> None:
    lines: list[Line] = uvloop.run(importlib.import_module(f"tests.bench.{name}").measure("--quick" in options))
    for line in lines:
        print(f"  {line}", flush=True)  # noqa: T201
    Path(file).write_text(json.dumps([line.as_json() for line in lines]))


if __name__ == "__main__":
    main(*sys.argv[1:])
