"""What the wheel brings along beside the code."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_migrations_and_the_simulators_data(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
        entry_points = next(name for name in shipped if name.endswith("entry_points.txt"))
        commands = archive.read(entry_points).decode()

    migrations = {f"spoonfeeder/{path.relative_to(ROOT)}" for path in (ROOT / "migrations").rglob("*.py")}
    code = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.py")}
    data = {
        str(path.relative_to(ROOT / "src"))
        for path in (ROOT / "src" / "spoonfeeder" / "simulator" / "data").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(migrations) > 5
    assert len(data) > 0
    assert migrations | code | data <= shipped
    assert "spoonfeeder = spoonfeeder.cli:main" in commands
