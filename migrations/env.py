"""Runs migrations on the connection that `spoonfeeder.db.migrate` gives; under the alembic command on DATABASE_URL."""

from alembic import context
from sqlalchemy import Connection

from spoonfeeder.core.settings import load_settings
from spoonfeeder.db import Base
from spoonfeeder.db.migrate import run_on


def migrate_on(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate_on(given)
else:
    run_on(load_settings().postgres_url() or "", migrate_on)
