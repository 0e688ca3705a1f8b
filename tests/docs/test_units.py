"""The systemd units of docs/examples call what there is, and wait as long as a graceful stop may take."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from spoonfeeder.cli import app, serve
from spoonfeeder.embedded import postgres, redis, up
from tests.docs.pages import ROOT

UNITS = sorted((ROOT / "docs" / "examples").glob("*.service"))
STOP_SECONDS = {
    "spoonfeeder.service": sum(
        [
            up.API_GRACE_SECONDS,
            up.WORKER_GRACE_SECONDS,
            up.SIMULATOR_GRACE_SECONDS,
            redis.STOP_SECONDS,
            postgres.STOP_SECONDS,
        ]
    ),
    "spoonfeeder-api@.service": up.API_GRACE_SECONDS,
    "spoonfeeder-worker@.service": up.WORKER_GRACE_SECONDS,
}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_calls_what_there_is_and_lets_it_end(unit: Path) -> None:
    lines = [line for line in unit.read_text().splitlines() if "=" in line and not line.startswith("#")]
    values = dict(line.split("=", 1) for line in lines)
    command = re.fullmatch(r"/opt/spoonfeeder/\.venv/bin/python -P -m spoonfeeder (\w+)", values["ExecStart"])

    assert serve is not None
    assert command
    assert command[1] in get_command(app).commands  # type: ignore[attr-defined]
    assert values["User"] == "spoonfeeder"
    assert values["ProtectSystem"] == "strict"
    assert int(values["TimeoutStopSec"]) > STOP_SECONDS[unit.name]
