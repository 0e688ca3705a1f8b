"""Tasks as a line of durable work."""

from sqlalchemy import func

from spoonfeeder.core.vocabulary import TaskStatus
from spoonfeeder.db.task import Task
from spoonfeeder.durable.line import Line, Share
from spoonfeeder.durable.slots import Slots
from spoonfeeder.features.tasks import announce

TASKS = Line(
    "tasks",
    Task,
    TaskStatus.COMPLETE,
    lock_key=7_301_102,
    announce=announce.of_state,
    room=Slots(Task.place, lambda settings: settings.task_slots),
    turns=(Share(func.coalesce(Task.created_by, Task.workspace_id)), Task.created_at),
    claimable=Task.generation_id.is_(None),
)
