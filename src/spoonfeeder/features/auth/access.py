"""Which rows an actor sees: those of its workspace that are not deleted (ARCHITECTURE rule 3)."""

from typing import Any, TypeVar

from sqlalchemy import Select

from spoonfeeder.core.actor import Actor, System

Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]])


def visible(statement: Statement, actor: Actor) -> Statement:
    """Narrows a select of one mapped class, or of its columns, to what the actor may see."""
    return visible_rows(statement, statement.column_descriptions[0]["entity"], actor)


def visible_rows(statement: Statement, entity: Any, actor: Actor) -> Statement:
    """The same where the rows are those of `entity`: a mapped class or the columns of a table."""
    if not isinstance(actor, System):
        statement = statement.where(entity.workspace_id == actor.workspace_id)
    if hasattr(entity, "deleted_at"):
        statement = statement.where(entity.deleted_at.is_(None))
    return statement
