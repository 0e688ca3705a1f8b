"""`python -m tests.bench [--only NAME] [--quick]`: every benchmark in its turn, and docs/performance.md from them."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import document, library
from tests.bench.document import Part
from tests.bench.figures import Line
from tests.bench.machine import Machine
from tests.bench.processes import ROOT

BENCHES = ("start", "memory", "chat", "streams", "many_streams", "adapters", "relay", "accept", "history", "search")
DOCUMENT = ROOT / "docs" / "performance.md"
KEPT = library.cache() / "results.json"
MOST_SECONDS = 900


def main() -> int:
    options = _options()
    parts, failed = _kept(), list[str]()
    measured = dict[str, Part]()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only or BENCHES:
            _say(f"{name} ...")
            since, at, load = time.monotonic(), f"{datetime.now(UTC):%Y-%m-%d %H:%M}", os.getloadavg()[0]
            lines = _measured(name, Path(folder) / f"{name}.json", is_quick=options.quick)
            if lines is None:
                failed.append(name)
            else:
                measured[name] = Part(at, load, lines)
            _say(f"{name}: {'done' if lines is not None else 'FAILED'} in {time.monotonic() - since:.0f} s")
    if options.quick:
        _say("docs/performance.md stays as it is: short looks are not written there")
    else:
        parts = {name: part for name, part in (parts | measured).items() if name not in failed}
        _keep(parts)
        DOCUMENT.write_text(document.render(Machine.now(), parts, [name for name in BENCHES if name not in parts]))
    missed = [line.name for part in measured.values() for line in part.lines if line.met is False]
    _say(f"{time.monotonic() - began:.0f} s in all")
    _say(f"failed: {', '.join(failed) or 'none'}")
    _say(f"missed: {'; '.join(missed) or 'none'}")
    return 1 if failed else 0


def _kept() -> dict[str, Part]:
    """What earlier runs on this machine found."""
    if not KEPT.exists():
        return {}
    told = json.loads(KEPT.read_text())
    return {
        name: Part(part["at"], part["load"], [Line.from_json(line) for line in part["lines"]])
        for name, part in told.items()
    }


def _keep(parts: dict[str, Part]) -> None:
    told = {
        name: {"at": part.at, "load": part.load, "lines": [line.as_json() for line in part.lines]}
        for name, part in parts.items()
    }
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(told))


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Ours against a bare floor.")
    parser.add_argument("--only", action="append", choices=BENCHES, help="this one; may be given more than once")
    parser.add_argument("--quick", action="store_true", help="small and short, for development")
    return parser.parse_args()


def _measured(name: str, file: Path, *, is_quick: bool) -> list[Line] | None:
    """None where it failed; what it printed says why."""
    command = [sys.executable, "-m", "tests.bench.one", name, str(file), *(["--quick"] if is_quick else [])]
    try:
        subprocess.run(command, cwd=ROOT, check=True, timeout=MOST_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return [Line.from_json(told) for told in json.loads(file.read_text())]


if __name__ == "__main__":
    sys.exit(main())
