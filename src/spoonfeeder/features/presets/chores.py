"""Slow upkeep: presets that were deleted more than 7 days ago go for good."""

from sqlalchemy import delete

from spoonfeeder.db.library import Preset
from spoonfeeder.features.auth.undo import long_deleted
from spoonfeeder.work import Work


async def purge_presets(work: Work) -> None:
    await work.session.execute(delete(Preset).where(long_deleted(Preset)))
