"""The promises of docs/decisions and the house plan that can be read off the source."""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from spoonfeeder.app import create_api
from spoonfeeder.core.settings import Settings
from spoonfeeder.realtime.events import EVENTS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "spoonfeeder"
PAGE = ROOT / "frontend" / "src"
PAGE_LAYERS = (
    "api",
    "ui",
    "features/auth",
    "live",
    "features/projects",
    "features/sessions",
    "features/prompts",
    "features/profiles",
    "features/graph",
    "features/workflows",
    "features/generations",
    "features/machines",
    "features/library",
    "features/batches",
    "features/notifications",
    "features/tasks",
    "features/models",
    "features/workspaces",
    "features/audit",
    "features/schedules",
    "features/shelf",
    "features/usage",
    "features/history",
    "features/dashboard",
    "features/settings",
    "features/compare",
    "features/prompt-library",
    "features/users",
    "features/queue",
    "features/conversations",
    "features/project-contents",
    "features/keys",
    "features/chat",
    "features/chat-compare",
    "app",
    "main.tsx",
)
"""Each imports from itself and from those before it."""
PAGE_IMPORT = re.compile(r'\b(?:from|import)\s*\(?\s*"((?:@|\.{1,2})/[^"]+)"')
LONGEST_FILE, LONGEST_TEST_FILE, LARGEST_MEDIAN, LARGEST_P90 = 300, 500, 90, 200
LONGEST_FUNCTION_P90 = 30
ACCOUNTS = ("features/auth", "features/people", "features/logs", "features/audit", "cli")
"""Where users, keys and logs are read, which no workspace owns."""
LOCKS = ("requirements.lock", "requirements-otel.lock", "requirements-test.lock", "requirements-node.lock")
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "models", "misc"}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def sources() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def files_of_tests() -> list[Path]:
    return sorted((ROOT / "tests").rglob("*.py"))


def files_of_the_page() -> list[Path]:
    """Without what is generated."""
    return [path for path in sorted(PAGE.rglob("*.ts*")) if path.name != "schema.d.ts"]


def layer_of(path: Path) -> int:
    """Raises StopIteration for a place that is none of them."""
    return next(rank for rank, layer in enumerate(PAGE_LAYERS) if path.is_relative_to(layer))


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


@cache
def calls(path: Path) -> list[tuple[str, int]]:
    """Every call in a file as (dotted name, line)."""
    found = (node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
    return [(ast.unparse(node.func), node.lineno) for node in found]


def places(paths: list[Path], found: set[str]) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{line} {name}" for path in paths for name, line in calls(path) if name in found]


def outside(*allowed: str) -> list[Path]:
    """The source files that stand neither at nor below one of the allowed places."""
    homes = [SOURCE / name for name in allowed]
    return [path for path in sources() if not any(path == home or home in path.parents for home in homes)]


def test_no_file_is_longer_than_its_cap() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines_of(path)
        for paths, cap in ((sources(), LONGEST_FILE), (files_of_tests(), LONGEST_TEST_FILE))
        for path in paths
        if lines_of(path) > cap
    }

    assert too_long == {}


def test_files_and_functions_are_mostly_short() -> None:
    files = [lines_of(path) for path in sources() if lines_of(path) > 1]
    functions = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert statistics.median(files) <= LARGEST_MEDIAN
    assert statistics.quantiles(files, n=10)[-1] <= LARGEST_P90
    assert statistics.quantiles(functions, n=10)[-1] <= LONGEST_FUNCTION_P90


def test_names_say_something() -> None:
    of_source = [path for path in SOURCE.rglob("*") if path.is_dir() or path.suffix == ".py"]
    of_language_models = {SOURCE / "features" / "models", PAGE / "features" / "models", PAGE / "app/pages/models.tsx"}
    everything = {*of_source, *PAGE.rglob("*")} - of_language_models

    assert [str(path.relative_to(ROOT)) for path in everything if path.stem in EMPTY_NAMES] == []


def test_files_of_the_page_are_short() -> None:
    lines = {str(path.relative_to(ROOT)): lines_of(path) for path in files_of_the_page()}

    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}
    assert statistics.median(lines.values()) <= LARGEST_MEDIAN


def test_the_page_imports_in_one_direction() -> None:
    wrong = [
        f"{path.relative_to(PAGE)}: {named}"
        for path in files_of_the_page()
        for named in PAGE_IMPORT.findall(path.read_text())
        if layer_of(_imported(path, named)) > layer_of(path.relative_to(PAGE))
    ]

    assert wrong == []


def _imported(path: Path, named: str) -> Path:
    target = PAGE / named[2:] if named.startswith("@/") else (path.parent / named).resolve()
    return target.relative_to(PAGE)


def test_only_work_commits() -> None:
    commits = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in outside("work.py")
        for name, line in calls(path)
        if name.endswith((".commit", ".rollback"))
    ]

    assert commits == []


def test_transactions_are_opened_by_work_alone() -> None:
    """One that is not would see the rows of every workspace (docs/decisions/0005)."""
    exceptions = {"features/system/probes.py", "app.py", "db/canary.py", "worker/main.py"}
    opened = places(outside("work.py", *exceptions), {"runtime.sessions", "self._runtime.sessions", "runtime.engine"})

    assert opened == []
    assert places(outside("work.py", "features/auth"), {"open_by"}) == []
    assert places(outside("work.py", *ACCOUNTS), {"open_account_work"}) == []


def test_rows_of_every_workspace_are_seen_by_durable_work_and_the_command_line_alone() -> None:
    seen = ("durable", "cli", "operation", "work.py", "features/system/rotation.py", "features/system/facts.py")
    opened = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in outside(*seen)
        for name, line in calls(path)
        if name.rpartition(".")[2] in {"open_system_work", "System"}
    ]

    assert opened == []


def test_http_clients_come_from_the_one_factory() -> None:
    made = places(outside("core/http.py", "simulator"), {"httpx2.AsyncClient", "AsyncClient", "httpx2.Client"})

    assert made == []


def test_nothing_evaluates_or_unpickles() -> None:
    forbidden = {"eval", "exec", "compile", "pickle.loads", "pickle.load", "marshal.loads", "yaml.load", "os.system"}
    imported = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Import) and {alias.name for alias in node.names} & {"pickle", "marshal", "shelve"}
    ]

    assert places(sources(), forbidden) == []
    assert imported == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error"])
def test_nothing_is_left_unfinished(word: str) -> None:
    assert [str(path.relative_to(ROOT)) for path in (*sources(), *files_of_tests()) if word in path.read_text()] == []


def test_every_event_is_in_the_openapi_document() -> None:
    document = create_api(Settings()).openapi()

    assert document["x-events"].keys() == EVENTS.keys()
    for event in document["x-events"].values():
        assert event["$ref"].removeprefix("#/components/schemas/") in document["components"]["schemas"]


def test_the_import_contracts_hold() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout


def test_the_locks_are_hashed_name_no_registry_and_agree() -> None:
    locks = {name: (ROOT / name).read_text() for name in LOCKS}
    pinned = {name: _pinned(text) for name, text in locks.items()}

    for text in locks.values():
        assert "://" not in text
        assert not [line for line in text.splitlines() if line.startswith("-")]
        assert text.count("--hash=sha256:") >= len(_pinned(text))
    for larger in ("requirements-otel.lock", "requirements-test.lock"):
        assert pinned["requirements.lock"].items() <= pinned[larger].items(), larger


def test_what_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {_normal(word) for word in project["dependencies"]}
    extra = {_normal(word) for word in project["optional-dependencies"]["otel"]}

    assert asked <= _pinned((ROOT / "requirements.lock").read_text()).keys()
    assert extra <= _pinned((ROOT / "requirements-otel.lock").read_text()).keys()


def _pinned(text: str) -> dict[str, str]:
    pairs = (line.split(" ;")[0].rstrip(" \\").split("==") for line in text.splitlines() if "==" in line.split(" ;")[0])
    return {_normal(name): version for name, version in pairs}


def _normal(requirement: str) -> str:
    name = ast.literal_eval(repr(requirement)).split("[")[0]
    for mark in "<>=!~; ":
        name = name.split(mark)[0]
    return str(name).lower().replace("_", "-")
