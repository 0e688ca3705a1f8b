"""Projects: made, changed, hidden and brought back, and what is put into them."""

from uuid import UUID

from sqlalchemy import select

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.db.library import Project
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.auth.undo import hide, show_again
from spoonfeeder.features.projects import queries
from spoonfeeder.features.projects.schemas import ProjectInput, ProjectPatch
from spoonfeeder.work import Work


async def create(work: Work, data: ProjectInput) -> UUID:
    project = Project(workspace_id=work.workspace_id, **data.model_dump())
    work.session.add(project)
    await work.session.flush()
    work.tell_change("project", project.id, "created")
    return project.id


async def change(work: Work, project_id: UUID, data: ProjectPatch) -> None:
    """Raises ProjectNotFound."""
    project = await queries.get(work, project_id)
    for name, value in data.model_dump(exclude_unset=True).items():
        setattr(project, name, value)
    await work.session.flush()
    work.tell_change("project", project_id, "updated")


async def remove(work: Work, project_id: UUID) -> None:
    """What is in it stays, and is in it again once it is restored. Raises ProjectNotFound."""
    await queries.get(work, project_id)
    await hide(work, Project, project_id)
    work.tell_change("project", project_id, "deleted")
    await record(work, Action.PROJECT_DELETED, "project", project_id)


async def restore(work: Work, project_id: UUID) -> None:
    """Raises NothingToRestore."""
    await show_again(work, Project, project_id)
    work.tell_change("project", project_id, "restored")
    await record(work, Action.PROJECT_RESTORED, "project", project_id)


async def chosen(work: Work, asked: UUID | None, before: UUID | None = None) -> UUID | None:
    """The `project_id` that a session or conversation gets.

    One that is in a deleted project is shown in none, so that asking for none leaves it there. Raises Invalid.
    """
    project_id = asked or before
    if project_id is None:
        return None
    known = visible(select(Project.id), work.actor).where(Project.id == project_id)
    is_there = await work.session.scalar(known) is not None
    if asked is None:
        return None if is_there else before
    if not is_there:
        raise invalid_field("project_id", "This project does not exist.", code="unknown_id")
    return asked
