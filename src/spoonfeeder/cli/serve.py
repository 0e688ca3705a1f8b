"""The commands that run until they are told to end."""

import gc
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spoonfeeder.cli import app, configured, in_one_sentence
from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.lean_imports import import_without
from spoonfeeder.core.settings import Settings
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.folders import require_whole

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

GRACEFUL_SECONDS = 10

Gated = Annotated[bool, typer.Option(hidden=True, help="begin when the standard input ends")]


@app.command()
def up() -> None:
    """Run everything: database, queue, migrations, API and worker, until Ctrl-C."""
    settings = configured()
    from spoonfeeder.embedded.up import run_up

    with in_one_sentence(StartError):
        run_up(settings)


@app.command()
def api(gated: Gated = False) -> None:
    """Run one API process on HOST:PORT; needs DATABASE_URL and REDIS_URL."""
    settings = configured()
    with in_one_sentence(StartError):
        _require_parts(settings)
    gc.disable()
    import_without("jwt", "cryptography")
    import_without("socketio", "requests", "valkey")
    import_without("spoonfeeder.app", "pydantic.v1")
    from spoonfeeder.app import create_app
    from spoonfeeder.core.door.server import Server
    from spoonfeeder.core.server_sent_events import Streams
    from spoonfeeder.sockets import Sockets

    sockets, streams = Sockets(), Streams()
    with in_one_sentence():
        config = _serving(create_app(settings, sockets, streams), settings)
    _end_imports()
    if gated:
        sys.stdin.buffer.read()
    server = Server(config, sockets.close, streams.close)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(1)


@app.command()
def worker() -> None:
    """Run one worker process; needs DATABASE_URL and REDIS_URL."""
    settings = configured()
    with in_one_sentence(StartError):
        _require_parts(settings)
    gc.disable()
    import_without("jwt", "cryptography")
    from spoonfeeder.worker.main import run

    _end_imports()
    with in_one_sentence():
        run(settings)


@app.command()
def simulator(
    port: Annotated[int, typer.Option(help="0 takes a free one")] = 8188,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    data: Annotated[Path | None, typer.Option(help="where its files stay; a temporary folder without it")] = None,
    version: Annotated[str, typer.Option(help="the ComfyUI version that it speaks as: 0.33.0 or 0.3.64")] = "0.33.0",
    step_seconds: Annotated[float, typer.Option(help="pace of a sampler step")] = 0.15,
    run_log: Annotated[Path | None, typer.Option(help="a JSON line per start and end of a prompt")] = None,
    test: Annotated[bool, typer.Option(help="adds probe nodes and routes that steer faults")] = False,
) -> None:
    """Run the simulated ComfyUI: real protocol, pictures drawn from seed and prompt."""
    configured()
    from spoonfeeder.simulator import main

    main(host, port, data, version=version, step_seconds=step_seconds, probes=test, control=test, run_log=run_log)


@app.command()
def simulator_ollama(
    port: Annotated[int, typer.Option(help="0 takes a free one")] = 11434,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    chunks: Annotated[int, typer.Option(min=1, help="words of an answer")] = 120,
    per_second: Annotated[float, typer.Option(min=0, help="how many of them come each second; 0: all at once")] = 20.0,
) -> None:
    """Run a simulated Ollama: real protocol, words drawn from seed and prompt."""
    configured()
    from spoonfeeder.simulator.ollama import main

    main(host, port, chunks=chunks, chunks_per_second=per_second)


def _require_parts(settings: Settings) -> None:
    """Raises SettingsError, StartError for what would end the process later, with a traceback."""
    settings.require_servers()
    require_whole(settings.home)
    KeyRing.of_settings(settings)


def _end_imports() -> None:
    """From here on garbage is looked for as usual, but not in what was imported: that would hold everybody up."""
    gc.freeze()
    gc.set_threshold(700)
    gc.enable()


def _serving(app: "ASGIApp", settings: Settings) -> "uvicorn.Config":
    """How uvicorn serves: requests have ten seconds to end after SIGTERM."""
    import uvicorn

    from spoonfeeder.core.door.wire import server_options

    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        **server_options(),
    )
