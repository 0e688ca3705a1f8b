"""Slow upkeep: prompts that were deleted more than 7 days ago go for good."""

from sqlalchemy import delete

from spoonfeeder.db.library import Prompt
from spoonfeeder.features.auth.undo import long_deleted
from spoonfeeder.work import Work


async def purge_prompts(work: Work) -> None:
    await work.session.execute(delete(Prompt).where(long_deleted(Prompt)))
