"""The database for a command that is not `up`."""

from collections.abc import Iterator
from contextlib import contextmanager

from spoonfeeder.core.settings import Settings
from spoonfeeder.embedded.folders import HomeTaken, lock_home, open_home, require_whole
from spoonfeeder.embedded.postgres import EmbeddedPostgres


@contextmanager
def reachable_database(settings: Settings) -> Iterator[str]:
    """Yields the SQLAlchemy URL of the external database, of the data home's running one, or of one started here.

    Raises StartError, SettingsError.
    """
    require_whole(settings.home)
    url = settings.postgres_url()
    if url is not None:
        yield url
        return
    home = open_home(settings.home)
    server = EmbeddedPostgres(home)
    try:
        lock = lock_home(home)
    except HomeTaken:
        yield server.url()
        return
    with lock, server:
        yield server.url()
