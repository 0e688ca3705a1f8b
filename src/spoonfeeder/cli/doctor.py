"""`spoonfeeder doctor`."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from spoonfeeder.cli import app


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="a JSON document instead of lines")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="ask no provider and no ComfyUI")] = False,
    full: Annotated[bool, typer.Option("--full", help="read all media files and compare their sha256")] = False,
) -> None:
    """Say what is wrong and what to do, whether the server runs or not.

    Exit status 0: all is well; 1: something needs attention; 2: something does not work. Prints no secret.
    """
    from spoonfeeder.core import log
    from spoonfeeder.core.redaction import escape_controls
    from spoonfeeder.operation.doctor.examination import examine, worst
    from spoonfeeder.operation.doctor.findings import Level

    log.configure("error", "console")
    found = examine(offline=offline, full=full)
    if as_json:
        levels = [level.value for level in Level]
        typer.echo(json.dumps({"status": levels[worst(found)], "findings": [asdict(each) for each in found]}, indent=2))
    else:
        for each in found:
            typer.echo(escape_controls(f"{each.level:<8} {each.check:<12} {each.said}"))
            if each.advice:
                typer.echo(escape_controls(f"{'':<21} -> {each.advice}"))
    raise typer.Exit(worst(found))
