"""Reading presets."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from spoonfeeder.core.errors import NotFound
from spoonfeeder.db.library import Preset
from spoonfeeder.features.auth.access import visible
from spoonfeeder.work import Work


class PresetNotFound(NotFound):
    """This preset does not exist."""

    code = "PRESET_NOT_FOUND"


async def list_presets(work: Work, *, workflow_id: UUID | None, limit: int) -> Sequence[Preset]:
    """By name; of a workflow with those for any."""
    statement = visible(select(Preset), work.actor).order_by(func.lower(Preset.name), Preset.id).limit(limit)
    if workflow_id is not None:
        statement = statement.where((Preset.workflow_id == workflow_id) | Preset.workflow_id.is_(None))
    return (await work.session.scalars(statement)).all()


async def get(work: Work, preset_id: UUID, *, for_update: bool = False) -> Preset:
    """Raises PresetNotFound."""
    statement = visible(select(Preset), work.actor).where(Preset.id == preset_id)
    row = await work.session.scalar(statement.with_for_update(key_share=True) if for_update else statement)
    if row is None:
        raise PresetNotFound
    return row
