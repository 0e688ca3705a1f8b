"""Reading projects, and which of them a session or conversation is in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from spoonfeeder.core.errors import NotFound
from spoonfeeder.db.chat import Conversation
from spoonfeeder.db.comfyui import Session
from spoonfeeder.db.library import Project
from spoonfeeder.features.auth.access import visible, visible_rows
from spoonfeeder.work import Work


class ProjectNotFound(NotFound):
    """This project does not exist."""

    code = "PROJECT_NOT_FOUND"


COLUMNS = Project.__table__.c


def _of_its(table: type[Any], value: Any) -> Any:
    inside = (table.project_id == COLUMNS.id, table.deleted_at.is_(None))
    return select(func.coalesce(value, 0)).where(*inside).scalar_subquery()


SHOWN = select(
    *(column for column in COLUMNS if column.key not in {"workspace_id", "deleted_at"}),
    _of_its(Session, func.count()).label("session_count"),
    _of_its(Conversation, func.count()).label("conversation_count"),
    _of_its(Session, func.sum(Session.generation_count)).label("generation_count"),
)
"""Everything an answer shows."""


async def list_projects(work: Work, *, limit: int) -> Sequence[Any]:
    """By name."""
    statement = visible_rows(SHOWN, COLUMNS, work.actor).order_by(func.lower(COLUMNS.name), COLUMNS.id)
    return (await work.session.execute(statement.limit(limit))).all()


async def show(work: Work, project_id: UUID) -> Any:
    """Raises ProjectNotFound."""
    statement = visible_rows(SHOWN, COLUMNS, work.actor).where(COLUMNS.id == project_id)
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        raise ProjectNotFound
    return row


async def get(work: Work, project_id: UUID) -> Project:
    """Locked. Raises ProjectNotFound."""
    statement = visible(select(Project), work.actor).where(Project.id == project_id)
    row = await work.session.scalar(statement.with_for_update(key_share=True))
    if row is None:
        raise ProjectNotFound
    return row


def shown_project(column: Any) -> ColumnElement[UUID]:
    """The `project_id` of a session or conversation as it is shown: NULL while the project is deleted."""
    is_there = (COLUMNS.id == column, COLUMNS.deleted_at.is_(None))
    return select(COLUMNS.id).where(*is_there).scalar_subquery().label("project_id")


def is_in(column: Any, project_id: UUID) -> ColumnElement[bool]:
    """Of sessions or conversations: nothing is in a project that is deleted."""
    is_there = select(Project.id).where(Project.id == project_id, Project.deleted_at.is_(None))
    return column == is_there.scalar_subquery()  # type: ignore[no-any-return]
