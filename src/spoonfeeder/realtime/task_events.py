"""The events of tasks (docs/api.md, "Socket.IO")."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field, computed_field

from spoonfeeder.core.vocabulary import TaskStatus
from spoonfeeder.realtime import rooms
from spoonfeeder.realtime.event import Percent, SubjectEvent


class TaskEvent(SubjectEvent):
    status: TaskStatus
    progress: Percent = 0

    @computed_field(alias="taskId")  # type: ignore[prop-decorator]
    @property
    def task_id(self) -> UUID:
        return self.id

    def rooms(self) -> list[str]:
        return [rooms.task(self.id), *super().rooms()]

    def payload(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)


class TaskCreated(TaskEvent):
    name = "task:created"
    status: Literal[TaskStatus.PENDING] = TaskStatus.PENDING
    task: dict[str, Any]


class TaskStarted(TaskEvent):
    name = "task:started"
    status: Literal[TaskStatus.RUNNING] = TaskStatus.RUNNING
    started_at: str = Field(serialization_alias="startedAt")


class TaskProgress(TaskEvent):
    name = "task:progress"
    is_state = False
    status: Literal[TaskStatus.RUNNING] = TaskStatus.RUNNING
    message: str | None = None


class TaskCompleted(TaskEvent):
    name = "task:completed"
    status: Literal[TaskStatus.COMPLETE] = TaskStatus.COMPLETE
    progress: Percent = 100
    result: dict[str, Any] | None = None


class TaskFailed(TaskEvent):
    name = "task:failed"
    status: Literal[TaskStatus.FAILED] = TaskStatus.FAILED
    error: str
    code: str | None = None


class TaskCancelled(TaskEvent):
    name = "task:cancelled"
    status: Literal[TaskStatus.CANCELLED] = TaskStatus.CANCELLED
