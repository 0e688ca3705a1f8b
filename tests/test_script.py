"""`./spoonfeeder` with stand-ins for Python, pip, uv and the checks, in a folder whose name has a space."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("cat", "cksum", "dirname", "rm", "sh")
CHECKS = ("ruff", "mypy", "lint-imports", "pytest")
PYTEST = ["pytest -n 2 -m not (alone or bench or chaos or fuzz)", "pytest -n 2 -m alone"]

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
        for name in ("spoonfeeder", "pyproject.toml", "requirements.lock", "requirements-test.lock"):
            shutil.copy(ROOT / name, self.folder)
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


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path)
    made.program("python3.12", BASE_PYTHON)
    return made


def test_it_installs_by_hash_and_runs_the_program(clone: Clone) -> None:
    run = clone.run("up", "--now")

    assert run.stdout == "program up --now\n"
    venv = f"{clone.folder}/.venv/bin/python"
    assert clone.recorded() == [
        f"pip -m pip --python {venv} install --require-hashes -r requirements.lock -q -q",
        f"pip -m pip --python {venv} install --no-deps --no-build-isolation -e {clone.folder} -q -q",
    ]


def test_it_installs_again_only_when_something_changed(clone: Clone) -> None:
    clone.run("up")
    installed = len(clone.recorded())
    assert clone.run("up").stderr == ""
    assert len(clone.recorded()) == installed

    with (clone.folder / "requirements.lock").open("a") as lock:
        lock.write("\n")
    clone.run("up")

    assert len(clone.recorded()) == 2 * installed


def test_an_environment_that_does_not_run_any_more_is_made_anew(clone: Clone) -> None:
    clone.run("up")
    broken = clone.folder / ".venv" / "bin" / "python"
    broken.unlink()
    broken.symlink_to("/nowhere/python")

    assert clone.run("up").stdout == "program up\n"


def test_a_clone_that_was_moved_is_installed_again(clone: Clone) -> None:
    clone.run("up")
    before = len(clone.recorded())
    clone.folder = clone.folder.rename(clone.folder.with_name("moved clone"))

    assert clone.run("up").stdout == "program up\n"
    assert len(clone.recorded()) == 2 * before


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

    assert [line.split()[0] for line in clone.recorded()] == ["uv", "uv"]
    assert "No module named spoonfeeder" in run.stderr, "the stand-in installs nothing"


def test_pip_takes_over_where_uv_fails(clone: Clone) -> None:
    clone.program("uv", UV)

    run = clone.run("up", UV_STATUS="2")

    assert run.stdout == "program up\n"
    assert [line.split()[0] for line in clone.recorded()] == ["uv", "pip", "uv", "pip"]


def test_a_failed_installation_is_tried_again(clone: Clone) -> None:
    clone.program("python3.12", BASE_PYTHON.replace('echo "pip $*"', 'exit 9; echo "pip $*"'))
    assert clone.run("up").returncode == 9

    clone.program("python3.12", BASE_PYTHON)

    assert clone.run("up").stdout == "program up\n"


def test_the_tests_are_every_check_and_pytest_last(clone: Clone) -> None:
    run = clone.run("test")

    assert run.returncode == 0
    assert [line for line in clone.recorded() if not line.startswith("pip")] == [
        "ruff check .",
        "ruff format --check .",
        "mypy ",
        "lint-imports ",
        *PYTEST,
    ]
    assert "requirements-test.lock" in clone.recorded()[0]


def test_one_failed_check_fails_the_tests_and_hides_no_other(clone: Clone) -> None:
    run = clone.run("test", FAILING="mypy")

    assert run.returncode == 1
    assert clone.recorded()[-2:] == PYTEST


def test_arguments_go_to_pytest_alone(clone: Clone) -> None:
    clone.run("test", "tests/embedded", "-m", "not slow")

    assert clone.recorded()[2:] == ["pytest tests/embedded -m not slow"]


def test_what_the_tests_installed_serves_the_program_too(clone: Clone) -> None:
    clone.run("test")
    installed = len([line for line in clone.recorded() if line.startswith("pip")])

    assert clone.run("up").stdout == "program up\n"
    assert len([line for line in clone.recorded() if line.startswith("pip")]) == installed


def test_ci_runs_the_tests_and_nothing_else() -> None:
    ci = ROOT / ".ci" / "run"
    commands = [line for line in ci.read_text().splitlines() if line and not line.startswith(("#", "set ", "cd "))]

    assert os.access(ci, os.X_OK)
    assert commands == ["exec ./spoonfeeder test"]
