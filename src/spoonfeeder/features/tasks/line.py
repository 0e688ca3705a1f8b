"""Tasks as a line of durable work."""

from spoonfeeder.core.vocabulary import TaskStatus
from spoonfeeder.db.task import Task
from spoonfeeder.durable.line import Line
from spoonfeeder.features.tasks import announce

TASKS = Line(
    "tasks",
    Task,
    TaskStatus.COMPLETE,
    lock_key=7_301_102,
    announce=announce.of_state,
    place=Task.place,
    slots=lambda settings: settings.task_slots,
    claimable=Task.generation_id.is_(None),
)
