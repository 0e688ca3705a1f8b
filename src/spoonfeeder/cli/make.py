"""`spoonfeeder openapi`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from spoonfeeder.cli import app, configured, in_one_sentence


@app.command()
def openapi(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="a file instead of the terminal")] = None,
) -> None:
    """Print the OpenAPI document of the HTTP API."""
    settings = configured()
    from spoonfeeder.app import create_api

    with in_one_sentence():
        text = json.dumps(create_api(settings).openapi(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text)
