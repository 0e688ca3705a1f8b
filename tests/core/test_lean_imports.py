"""What the processes hold in memory at rest: nothing that only some requests need."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spoonfeeder.core.lean_imports import import_without

# What is loaded when the process ends, also when it is told to before it listens to signals; it starts like any other,
# and finds no database.
PROGRAM = """
import atexit, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
atexit.register(lambda: print(*sorted(sys.modules)))
from spoonfeeder.cli import main
main()
"""
AT_FIRST_USE = {"PIL", "av", "anthropic", "genai_prices", "google", "obstore", "openai"}
NEVER = {"alembic", "pydantic.v1", "pygments", "requests", "rich", "urllib3", "valkey"}
OF_THE_API = {"engineio", "fastapi", "multipart", "python_multipart", "socketio", "uvicorn"}


def loaded_by(command: str, home: Path) -> set[str]:
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment |= {"SPOONFEEDER_HOME": str(home), "PORT": "0"}
    environment |= {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", PROGRAM, command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told = next((line for line in process.stderr if "database" in line or "Database" in line or "Connect" in line), "")
    process.send_signal(signal.SIGTERM)
    modules, rest = process.communicate(timeout=60)
    assert told, rest
    return set(modules.split())


def test_the_worker_loads_nothing_of_the_api_and_nothing_that_few_rows_need(tmp_path: Path) -> None:
    loaded = loaded_by("worker", tmp_path)
    assert {"arq", "sqlalchemy"} <= loaded
    assert loaded & (AT_FIRST_USE | NEVER | OF_THE_API) == set()


def test_the_api_loads_nothing_that_few_requests_need(tmp_path: Path) -> None:
    loaded = loaded_by("api", tmp_path)
    assert {"fastapi", "socketio", "uvicorn"} <= loaded
    assert loaded & (AT_FIRST_USE | NEVER) == set()


def test_what_was_hidden_from_a_library_is_there_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "greedy_library.py").write_text(
        "try:\n    import its_extra\nexcept ImportError:\n    its_extra = None\n"
    )
    (tmp_path / "its_extra.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    import_without("greedy_library", "its_extra", "json")

    assert sys.modules["greedy_library"].its_extra is None
    assert sys.modules["json"].loads("1") == 1
    import_without("its_extra")
    assert sys.modules["its_extra"].__file__ == str(tmp_path / "its_extra.py")
