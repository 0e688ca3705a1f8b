"""Generations as a line of durable work."""

from sqlalchemy import case, func

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.line import Line, Share
from spoonfeeder.features.generations import announce
from spoonfeeder.features.generations.machines import Machines

OWNER = func.coalesce(Generation.created_by, Generation.workspace_id)
PART = case((Generation.ahead, OWNER), else_=func.coalesce(Generation.batch_id, Generation.session_id, OWNER))
"""A batch, a session, or what has neither: each has its own turns among the owner's; all that is ahead is one."""

GENERATIONS = Line(
    "generations",
    Generation,
    GenerationStatus.COMPLETED,
    lock_key=7_301_101,
    announce=announce.of_state,
    room=Machines(),
    turns=(Share(OWNER), Generation.ahead.desc(), Share(PART), Generation.queue_order),
    claimable=Generation.held_at.is_(None),
)
