"""`frontend/build.py`: when the page is built, with what, and what becomes of it when that fails."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from frontend import build

# In the place of npm: writes down what it is asked, and builds a page of one script.
NPM = """#!/bin/sh
echo "$*" >>"$RECORD"
case "$FAILING" in *"$1"*) echo "npm says why" >&2; exit 1 ;; esac
case "$*" in
ci*) mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json ;;
run\\ build*) sleep 0.2; mkdir -p "$5/assets" && echo '<script src="/assets/a.js">' >"$5/index.html" ;;
--version) echo 10.0.0 ;;
esac
"""
LOCK = {
    "": {"name": "page"},
    "node_modules/react": {"integrity": "sha512-a"},
    "node_modules/for-a-mac": {"integrity": "sha512-b", "optional": True},
}


class Tree:
    """A source tree with stand-ins for Node and npm."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.frontend = folder, folder / "frontend"
        self.dist = folder / "src" / "spoonfeeder" / "web" / "dist"
        self.bin, self.record = folder / "bin", folder / "record"
        for path in (self.frontend / "src", self.dist.parent, self.bin):
            path.mkdir(parents=True)
        (self.frontend / "build.py").write_text(Path(build.__file__).read_text())
        (self.frontend / "src" / "main.tsx").write_text("1;")
        (self.frontend / "package-lock.json").write_text(json.dumps({"packages": LOCK}))
        self.record.touch()
        self.node("22.12.0")
        self.program("npm", NPM)
        monkeypatch.setenv("PATH", f"{self.bin}:/usr/bin:/bin")
        monkeypatch.setenv("RECORD", str(self.record))
        monkeypatch.setenv("FAILING", "nothing")

    def program(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def node(self, version: str) -> None:
        self.program("node", f"#!/bin/sh\necho {version}\n")

    def run(self, wanted: str = "build") -> subprocess.CompletedProcess[str]:
        """In an environment whose folder is not the one of the tests."""
        code = (
            f"import runpy, sys; sys.prefix = {str(self.folder)!r}; sys.argv = ['build', {wanted!r}]; "
            f"runpy.run_path({str(self.frontend / 'build.py')!r}, run_name='__main__')"
        )
        return subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)

    def asked(self) -> list[str]:
        return [line.split(" -")[0] for line in self.record.read_text().splitlines() if line != "--version"]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    return Tree(tmp_path, monkeypatch)


def test_the_page_is_built_once_and_again_when_a_source_changes(tree: Tree) -> None:
    first = tree.run()
    assert (first.returncode, first.stdout) == (0, "")
    assert first.stderr == "spoonfeeder: building the page; this happens once ...\n"
    assert (tree.dist / "index.html").is_file()
    assert tree.asked() == ["ci", "run build"]

    assert tree.run().stderr == ""
    assert tree.asked() == ["ci", "run build"]

    (tree.frontend / "src" / "main.tsx").write_text("2;")
    tree.run()
    assert tree.asked() == ["ci", "run build", "run build"]


def test_packages_are_installed_again_when_the_lock_changes(tree: Tree) -> None:
    tree.run()
    changed = LOCK | {"node_modules/react": {"integrity": "sha512-c"}}
    (tree.frontend / "package-lock.json").write_text(json.dumps({"packages": changed}))
    tree.run()

    assert tree.asked() == ["ci", "run build"] * 2


def test_two_at_once_build_once(tree: Tree) -> None:
    with ThreadPoolExecutor(2) as both:
        runs = list(both.map(lambda _: tree.run(), range(2)))

    assert [run.returncode for run in runs] == [0, 0]
    assert tree.asked() == ["ci", "run build"]


def test_a_build_that_fails_is_one_sentence_and_leaves_the_page_of_before(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAILING", "run")
    without = tree.run()
    assert without.returncode == 0
    assert "the page could not be built (npm run build failed; see " in without.stderr.splitlines()[-1]
    assert without.stderr.endswith("so the API runs without it.\n")
    assert "npm says why" in (tree.folder / "frontend.log").read_text()

    monkeypatch.setenv("FAILING", "nothing")
    tree.run()
    (tree.frontend / "src" / "main.tsx").write_text("2;")
    monkeypatch.setenv("FAILING", "run")
    assert tree.run().stderr.endswith("so the one built before is served.\n")
    assert (tree.dist / "index.html").is_file()


@pytest.mark.parametrize(
    ("version", "suits"),
    [
        ("18.20.4", False),
        ("20.18.9", False),
        ("20.19.0", True),
        ("21.7.3", False),
        ("22.11.0", False),
        ("22.12.0", True),
        ("23.0.0", True),
        ("26.1.0", True),
        ("not found", False),
    ],
)
def test_a_node_is_taken_that_suits(tree: Tree, version: str, suits: bool) -> None:
    tree.node(version)

    assert tree.run().returncode == (0 if suits else build.NO_NODE)


def test_a_node_without_an_npm_that_runs_is_none(tree: Tree) -> None:
    tree.program("npm", "#!/bin/sh\nexit 1\n")

    assert tree.run().returncode == build.NO_NODE


def test_every_check_runs_and_one_failure_counts(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILING", "ci")
    run = tree.run("test")

    assert run.returncode == 1
    steps = [line for line in run.stdout.splitlines() if line.startswith("== ")]
    assert steps == [f"== frontend: {name}" for name in build.TEST]
    asked = tree.record.read_text()
    assert "run --silent check\n" in asked
    assert "run --silent test\n" in asked


def test_the_first_load_is_what_the_page_imports_before_it_shows_anything(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_text(
        '<link rel="icon" href="/favicon.svg"><script type="module" crossorigin src="/assets/index-1.js"></script>'
        '<link rel="modulepreload" crossorigin href="/assets/react-2.js"><link rel="stylesheet" href="/assets/a.css">'
    )
    (assets / "index-1.js").write_text(
        'import{a as b}from"./react-2.js";import"./more-3.js";f(()=>import("./lazy-4.js"))'
    )
    (assets / "react-2.js").write_text('export{x}from"./core-5.js";')
    for name in ("more-3.js", "lazy-4.js", "core-5.js"):
        (assets / name).write_text("")

    assert {path.name for path in build.first_scripts(tmp_path)} == {
        *("index-1.js", "react-2.js", "more-3.js", "core-5.js")
    }


def test_a_first_load_that_is_too_large_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index.html").write_text('<script type="module" src="/a.js"></script>')
    (tmp_path / "a.js").write_text("0123456789" * 100)
    monkeypatch.setattr(build, "DIST", tmp_path)
    build.check_first_load()
    monkeypatch.setattr(build, "FIRST_LOAD_BYTES", 10)

    with pytest.raises(build.StepFailed, match="too large"):
        build.check_first_load()
