"""`./spoonfeeder` with stand-ins for Python, pip, uv and the checks, in a folder whose name has a space."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("cat", "cksum", "dirname", "rm", "sh")
BROWSER = PROXY = "#!/bin/sh\nexit 0\n"
CHECKS = ("ruff", "mypy", "lint-imports", "pytest")
ALONE = (
    "tests/embedded/test_up.py",
    "tests/machines/test_postgres_away.py",
    "tests/machines/test_conversation_killed.py",
    "tests/chaos/test_chaos_short.py",
    "tests/machines/test_rolling_restart.py",
    "tests/machines/test_redis_away.py",
    "tests/docs/test_commands.py",
)
PYTEST = [
    "pytest -n 5 --dist worksteal -m not (alone or bench or browser or chaos or fuzz)",
    "pytest -n 2 --dist worksteal -m alone " + " ".join(ALONE),
    "pytest -n 3 --dist loadgroup --confcutdir tests/browser tests/browser -m browser",
]
LOCKS = ("requirements.lock", "requirements-otel.lock", "requirements-test.lock", "requirements-node.lock")

# A check that says that it ran, and fails when the test wants it to.
CHECK = """#!/bin/sh
echo "${0##*/} $*" >>"$RECORD"
case " $FAILING " in *" ${0##*/} "*) exit 1 ;; esac
"""
# Runs as a Python; what it is asked to install it writes down, and puts stand-ins of the program and the checks there.
BASE_PYTHON = f"""#!/bin/sh
case "$*" in
*"-m pip"*--version*) exit 0 ;;
*"-m pip"*install*)
    echo "pip $*" >>"$RECORD"
    for site in "$VENV"/lib/python*/site-packages; do
        mkdir -p "$site/spoonfeeder"
        echo 'import sys; print("program", *sys.argv[1:])' >"$site/spoonfeeder/__main__.py"
    done
    for check in {" ".join(CHECKS)}; do
        cat "$CHECK" >"$VENV/bin/$check"
        chmod +x "$VENV/bin/$check"
    done ;;
*) exec {sys.executable} "$@" ;;
esac
"""
# In the place of frontend/build.py: ends with 3 as if there were no Node, until one is brought.
FRONTEND = """import os, sys
record = open(os.environ["RECORD"], "a+")
record.seek(0)
brought = "requirements-node.lock" in record.read()
record.write(f"frontend {sys.argv[1]}\\n")
print("said by the frontend", file=sys.stderr if sys.argv[1] == "build" else sys.stdout)
if "NO_NODE" in os.environ and not brought:
    sys.exit(3)
sys.exit("frontend" in os.environ["FAILING"])
"""
UV = '#!/bin/sh\ncase "$1" in --version) ;; *) echo "uv $*" >>"$RECORD"; exit "$UV_STATUS" ;; esac\n'


class Clone:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a clone"
        self.bin = folder / "bin"
        self.record = folder / "record"
        self.folder.mkdir()
        self.bin.mkdir()
        self.record.touch()
        (folder / "check").write_text(CHECK)
        for name in ("spoonfeeder", "pyproject.toml", *LOCKS):
            shutil.copy(ROOT / name, self.folder)
        (self.folder / "frontend").mkdir()
        (self.folder / "frontend" / "build.py").write_text(FRONTEND)
        for tool in (*TOOLS, "mkdir", "chmod"):
            self.program(tool, f'#!/bin/sh\nexec {shutil.which(tool)} "$@"\n')

    def program(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {
            "PATH": str(self.bin),
            "RECORD": str(self.record),
            "VENV": str(self.folder / ".venv"),
            "CHECK": str(self.record.with_name("check")),
            "FAILING": "",
        }
        return subprocess.run(
            [self.folder / "spoonfeeder", *arguments],
            env=own | environment,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )

    def recorded(self) -> list[str]:
        return self.record.read_text().splitlines()

    def installed(self) -> list[str]:
        return [line for line in self.recorded() if line.startswith(("pip", "uv"))]

    def checked(self) -> list[str]:
        """Without what the frontend is asked, which runs beside the first checks."""
        return [line for line in self.recorded() if not line.startswith(("pip", "uv", "frontend"))]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path)
    made.program("python3.12", BASE_PYTHON)
    made.program("chromium", BROWSER)
    for proxy in ("nginx", "caddy"):
        made.program(proxy, PROXY)
    return made


def test_it_installs_by_hash_and_runs_the_program(clone: Clone) -> None:
    run = clone.run("up", "--now")

    assert run.stdout == "program up --now\n"
    venv = f"{clone.folder}/.venv/bin/python"
    assert clone.recorded() == [
        f"pip -m pip --python {venv} install --require-hashes -r requirements.lock -q -q",
        f"pip -m pip --python {venv} install --no-deps --no-build-isolation -e {clone.folder} -q -q",
        "frontend build",
    ]


def test_it_installs_again_only_when_something_changed(clone: Clone) -> None:
    clone.run("up")
    installed = len(clone.installed())
    assert clone.run("up").stderr == "said by the frontend\n"
    assert len(clone.installed()) == installed

    with (clone.folder / "requirements.lock").open("a") as lock:
        lock.write("\n")
    clone.run("up")

    assert len(clone.installed()) == 2 * installed


def test_an_environment_that_does_not_run_any_more_is_made_anew(clone: Clone) -> None:
    clone.run("up")
    broken = clone.folder / ".venv" / "bin" / "python"
    broken.unlink()
    broken.symlink_to("/nowhere/python")

    assert clone.run("up").stdout == "program up\n"


def test_a_clone_that_was_moved_is_installed_again(clone: Clone) -> None:
    clone.run("up")
    before = len(clone.installed())
    clone.folder = clone.folder.rename(clone.folder.with_name("moved clone"))

    assert clone.run("up").stdout == "program up\n"
    assert len(clone.installed()) == 2 * before


def test_pythons_that_fail_or_are_too_old_are_passed_over(clone: Clone) -> None:
    clone.program("python3.13", "#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n")
    clone.program("python3.11", "#!/bin/sh\nexit 1\n")

    assert clone.run("up").stdout == "program up\n"


def test_without_a_python_it_says_what_to_install(clone: Clone) -> None:
    (clone.bin / "python3.12").unlink()

    run = clone.run("up")

    assert run.returncode == 1
    assert run.stderr.startswith("spoonfeeder: Python 3.11 or newer with pip is needed")
    assert run.stderr.count("\n") == 1


def test_uv_is_used_where_it_works(clone: Clone) -> None:
    clone.program("uv", UV)

    run = clone.run("up", UV_STATUS="0")

    assert [line.split()[0] for line in clone.installed()] == ["uv", "uv"]
    assert "No module named spoonfeeder" in run.stderr, "the stand-in installs nothing"


def test_pip_takes_over_where_uv_fails(clone: Clone) -> None:
    clone.program("uv", UV)

    run = clone.run("up", UV_STATUS="2")

    assert run.stdout == "program up\n"
    assert [line.split()[0] for line in clone.installed()] == ["uv", "pip", "uv", "pip"]


def test_a_failed_installation_is_tried_again(clone: Clone) -> None:
    clone.program("python3.12", BASE_PYTHON.replace('echo "pip $*"', 'exit 9; echo "pip $*"'))
    assert clone.run("up").returncode == 9

    clone.program("python3.12", BASE_PYTHON)

    assert clone.run("up").stdout == "program up\n"


def test_the_tests_are_every_check_and_pytest_last(clone: Clone) -> None:
    run = clone.run("test")

    assert run.returncode == 0
    assert "frontend test" in clone.recorded()
    assert clone.checked() == [
        "ruff check .",
        "ruff format --check .",
        "mypy ",
        "lint-imports ",
        *PYTEST,
    ]
    assert "requirements-test.lock" in clone.recorded()[0]


def test_every_file_whose_tests_run_alone_is_named() -> None:
    marked = [path for path in Path(__file__).parent.rglob("*.py") if re.search(r"mark\.alone\b", path.read_text())]
    assert sorted(str(path.relative_to(ROOT)) for path in marked) == sorted(ALONE)


def test_one_failed_check_fails_the_tests_and_hides_no_other(clone: Clone) -> None:
    run = clone.run("test", FAILING="mypy")

    assert run.returncode == 1
    assert clone.checked()[-3:] == PYTEST


def test_arguments_go_to_pytest_alone(clone: Clone) -> None:
    clone.run("test", "tests/embedded", "-m", "not slow")

    assert clone.recorded()[2:] == ["pytest tests/embedded -m not slow"]


def test_what_the_tests_installed_serves_the_program_too(clone: Clone) -> None:
    clone.run("test")
    installed = len(clone.installed())

    assert clone.run("up").stdout == "program up\n"
    assert len(clone.installed()) == installed


def test_opentelemetry_is_installed_where_it_is_wanted(clone: Clone) -> None:
    assert clone.run("migrate").returncode == 0
    wanted = clone.run("migrate", SPOONFEEDER_EXTRA="otel")

    assert wanted.stdout == "program migrate\n"
    assert [line.split()[-3] for line in clone.installed()[::2]] == ["requirements.lock", "requirements-otel.lock"]
    installed = len(clone.installed())
    assert clone.run("migrate", SPOONFEEDER_EXTRA="otel").returncode == clone.run("migrate").returncode == 0
    assert len(clone.installed()) == installed

    refused = clone.run("migrate", SPOONFEEDER_EXTRA="otle")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "spoonfeeder: SPOONFEEDER_EXTRA can be otel (OpenTelemetry), not otle.\n"


def test_the_page_is_built_for_up_alone_and_its_failure_stops_nothing(clone: Clone) -> None:
    assert clone.run("migrate").stdout == "program migrate\n"
    assert "frontend build" not in clone.recorded()

    run = clone.run("up", FAILING="frontend")

    assert run.stdout == "program up\n"
    assert "frontend build" in clone.recorded()
    assert run.stderr.splitlines()[-1].startswith("spoonfeeder: the page cannot be built here")


def test_without_a_node_one_is_brought_by_hash(clone: Clone) -> None:
    run = clone.run("up", NO_NODE="1")

    assert run.stdout == "program up\n"
    assert clone.recorded()[-3] == "frontend build"
    assert "--require-hashes -r requirements-node.lock" in clone.recorded()[-2]
    assert clone.recorded()[-1] == "frontend build"


def test_where_no_node_can_be_brought_the_api_starts_all_the_same(clone: Clone) -> None:
    clone.run("migrate")
    clone.program("python3.12", BASE_PYTHON.replace('echo "pip $*"', 'exit 9; echo "pip $*"'))

    run = clone.run("up", NO_NODE="1")

    assert run.stdout == "program up\n"
    assert "install Node.js" in run.stderr.splitlines()[-1]


def test_what_the_frontends_checks_say_comes_in_one_piece_and_counts(clone: Clone) -> None:
    run = clone.run("lint", FAILING="frontend")

    assert run.returncode == 1
    assert run.stdout.endswith("lint-imports\nsaid by the frontend\n")
    assert "frontend lint" in clone.recorded()
    assert clone.run("lint").returncode == 0


def test_lint_can_put_right_what_needs_no_thought(clone: Clone) -> None:
    clone.run("lint", "--fix")

    assert clone.checked()[:2] == ["ruff check . --fix", "ruff format ."]
    assert "frontend fix" in clone.recorded()


def test_without_a_browser_its_tests_say_that_they_did_not_run_and_fail_on_a_ci_machine(clone: Clone) -> None:
    (clone.bin / "chromium").unlink()
    run = clone.run("test")

    assert run.returncode == 0
    assert run.stdout.endswith(
        "The browser tests did not run: install Chromium, or name one in SPOONFEEDER_CHROMIUM.\n"
    )
    assert clone.checked()[-2:] == PYTEST[:2]
    assert clone.run("test", CI="true").returncode == 1
    clone.program("my browser", BROWSER)
    assert clone.run("test", CI="true", SPOONFEEDER_CHROMIUM=str(clone.bin / "my browser")).returncode == 0
    assert clone.checked()[-3:] == PYTEST


def test_without_the_proxies_their_tests_are_left_out_and_fail_on_a_ci_machine(clone: Clone) -> None:
    (clone.bin / "caddy").unlink()
    run = clone.run("test")

    assert run.returncode == 0
    assert run.stdout.endswith("\nThe tests of the proxies did not run: install nginx and Caddy.\n")
    assert clone.checked()[-3:] == [PYTEST[0].replace("fuzz)", "fuzz or proxy)"), *PYTEST[1:]]
    assert clone.run("test", CI="true").returncode == 1


def test_ci_runs_the_tests_and_installs_nothing_but_a_browser_and_the_proxies() -> None:
    ci = ROOT / ".ci" / "run"
    lines = [line.strip() for line in ci.read_text().splitlines() if line and not line.startswith("#")]

    assert os.access(ci, os.X_OK)
    assert lines[-1] == "exec ./spoonfeeder test"
    assert [line for line in lines if "install" in line] == [
        (
            "DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "
            "chromium-headless-shell nginx-light caddy"
        )
    ]
