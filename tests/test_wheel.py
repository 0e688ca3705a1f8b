"""What the wheel brings along beside the code."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel is made of, with a page as the frontend's build leaves it; git ignores that one."""
    folder = tmp_path_factory.mktemp("tree")
    for name in ("src", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    for name in (".gitignore", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    page = folder / "src" / "spoonfeeder" / "web" / "dist"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html>")
    (page / "assets" / "index-a1b2c3.js").write_text("")
    return folder


def test_the_wheel_holds_migrations_the_page_and_the_simulators_data(tree: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=tree,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
        entry_points = next(name for name in shipped if name.endswith("entry_points.txt"))
        commands = archive.read(entry_points).decode()

    migrations = {f"spoonfeeder/{path.relative_to(tree)}" for path in (tree / "migrations").rglob("*.py")}
    package = {str(path.relative_to(tree / "src")) for path in (tree / "src").rglob("*") if path.is_file()}
    assert len(migrations) > 5
    assert {"spoonfeeder/web/dist/assets/index-a1b2c3.js", "spoonfeeder/web/not_built.html"} <= package
    assert any(path.startswith("spoonfeeder/simulator/data/") for path in package)
    assert migrations | package <= shipped
    assert "spoonfeeder = spoonfeeder.cli:main" in commands
