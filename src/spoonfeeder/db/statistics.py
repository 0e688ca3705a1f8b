"""What PostgreSQL knows of the rows when it plans a statement."""

from sqlalchemy import Connection, text


def take_statistics(connection: Connection) -> None:
    """After many rows were loaded: autovacuum takes minutes to come to it, and without it a page reads whole tables."""
    for setting in ("statement_timeout", "lock_timeout"):
        connection.execute(text(f"SET LOCAL {setting} = 0"))
    connection.execute(text("ANALYZE"))
