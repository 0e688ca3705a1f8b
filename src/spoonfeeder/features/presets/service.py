"""Presets: parameters kept under a name; made, changed, hidden, brought back and used."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.lossless import lossless
from spoonfeeder.db.library import Preset
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.undo import hide, show_again
from spoonfeeder.features.presets import queries, values
from spoonfeeder.features.presets.schemas import PresetInput, PresetPatch
from spoonfeeder.work import Work


async def create(work: Work, data: PresetInput) -> UUID:
    """Raises Invalid."""
    if data.workflow_id is not None:
        await values.require_workflow(work, data.workflow_id)
    preset = Preset(
        workspace_id=work.workspace_id,
        name=data.name,
        description=data.description,
        workflow_id=data.workflow_id,
        parameters=await _parameters(work, data),
    )
    work.session.add(preset)
    await work.session.flush()
    work.tell_change("preset", preset.id, "created")
    return preset.id


async def _parameters(work: Work, data: PresetInput) -> dict[str, Any]:
    if data.from_generation_id is not None:
        return await values.of_generation(work, data.from_generation_id, with_seed=data.include_seed)
    given = data.parameters or {}
    await values.require_possible(work, data.workflow_id, given)
    return lossless(given)  # type: ignore[no-any-return]


async def change(work: Work, preset_id: UUID, data: PresetPatch) -> None:
    """Raises PresetNotFound, Invalid."""
    preset = await queries.get(work, preset_id, for_update=True)
    given = lossless(data.model_dump(exclude_unset=True))
    changed = {name: value for name, value in given.items() if getattr(preset, name) != value}
    if changed.get("workflow_id") is not None:
        await values.require_workflow(work, changed["workflow_id"])
    if "parameters" in changed:
        workflow_id = given.get("workflow_id", preset.workflow_id)
        await values.require_possible(work, workflow_id, changed["parameters"])
    for name, value in changed.items():
        setattr(preset, name, value)
    await work.session.flush()
    work.tell_change("preset", preset_id, "updated")


async def remove(work: Work, preset_id: UUID) -> None:
    """Raises PresetNotFound."""
    await queries.get(work, preset_id, for_update=True)
    await hide(work, Preset, preset_id)
    work.tell_change("preset", preset_id, "deleted")
    await record(work, Action.PRESET_DELETED, "preset", preset_id)


async def restore(work: Work, preset_id: UUID) -> None:
    """Raises NothingToRestore."""
    await show_again(work, Preset, preset_id)
    work.tell_change("preset", preset_id, "restored")
    await record(work, Action.PRESET_RESTORED, "preset", preset_id)


async def take(work: Work, preset_id: UUID, workflow_id: UUID | None) -> Mapping[str, Any]:
    """Its parameters, for a run of that workflow. Raises Invalid."""
    try:
        preset = await queries.get(work, preset_id)
    except queries.PresetNotFound:
        raise invalid_field("preset_id", "This preset does not exist.", code="unknown_id") from None
    if preset.workflow_id is not None and preset.workflow_id != workflow_id:
        raise invalid_field("preset_id", "This preset is for another workflow.")
    return preset.parameters


async def count_use(work: Work, preset_id: UUID) -> None:
    """Locks its row, which comes after all of sessions, workflows and generations (decision 0009)."""
    used = {"used_count": Preset.used_count + 1, "updated_at": Preset.updated_at}
    await work.session.execute(update(Preset).where(Preset.id == preset_id).values(**used))
    work.tell_change("preset", preset_id, "updated")
