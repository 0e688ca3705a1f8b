"""The command line. Each command imports what it needs when it runs: starting fast matters to `up`."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from spoonfeeder.core.lean_imports import import_without
from spoonfeeder.core.settings import Settings, SettingsError, load_settings

app = typer.Typer(
    name="spoonfeeder",
    help="One door to your AI providers: `spoonfeeder up` runs the whole system.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def fail(sentence: str) -> NoReturn:
    """Ends the command with one sentence and exit status 1."""
    sys.stderr.write(f"spoonfeeder: {sentence}\n")
    raise typer.Exit(1)


@contextmanager
def in_one_sentence(*errors: type[Exception]) -> Iterator[None]:
    """Ends the command with the message of a wrong setting, or of any of `errors`."""
    expected: tuple[type[Exception], ...] = (SettingsError, *errors)
    try:
        yield
    except expected as error:
        fail(str(error))


def configured() -> Settings:
    """The settings of this process, with its log set up by them; ends the command when one is wrong."""
    import_without("structlog", "rich")
    from spoonfeeder.core import log

    with in_one_sentence():
        settings = load_settings()
    log.configure(settings.log_level, settings.log_format)
    return settings


def main() -> None:
    gc.set_threshold(50_000)  # what is imported stays; the search for garbage would be a tenth of the start
    # Registered here, because these modules use `app`.
    from spoonfeeder.cli import api_keys, backups, database, doctor, keys, legacy, make, people, serve, upkeep  # noqa: F401

    try:
        app(prog_name="spoonfeeder")
    except Exception:
        import structlog

        if not structlog.is_configured():
            raise
        structlog.get_logger("spoonfeeder").critical("ended_by_an_error", exc_info=True)
        sys.exit(1)
