"""The events of docs/api.md, "Socket.IO": their payloads, the rooms they go to and their place in a subject's order.

A payload is flat and whole: it repeats what is known of its subject, so that a reader needs only the newest one.
"""

from typing import Annotated, Any, ClassVar, Literal, NotRequired, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field, with_config
from typing_extensions import TypedDict

from spoonfeeder.core.signed_urls import SignedUrls
from spoonfeeder.core.vocabulary import GenerationStatus, TaskStatus
from spoonfeeder.realtime import rooms

SEQ_STEP = 1_000_000

Percent = Annotated[int, Field(ge=0, le=100)]
ResourceKind = Literal[
    "session",
    "workflow",
    "profile",
    "generation",
    "conversation",
    "settings",
    "budget",
    "task",
    "schedule",
    "notification",
]
Change = Literal["created", "updated", "deleted", "restored"]


def seq_of(version: int, n: int = 0) -> int:
    """The place of an event among all events of its subject: the row's version, then the progress within it."""
    return version * SEQ_STEP + min(n, SEQ_STEP - 1)


class Event(BaseModel):
    """Something that sockets are told. `workspace_id` addresses it and is not part of the payload.

    With `user_id` only this user's sockets in the workspace hear of it.
    """

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)
    name: ClassVar[str]
    is_state: ClassVar[bool] = True
    """State events also go to the whole workspace and are worth a second try; the others may be lost."""

    workspace_id: UUID = Field(exclude=True)
    user_id: UUID | None = Field(None, exclude=True)

    def rooms(self) -> list[str]:
        if not self.is_state:
            return []
        if self.user_id is not None:
            return [rooms.member(self.workspace_id, self.user_id)]
        return [rooms.workspace(self.workspace_id)]

    def payload(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def signed(self, signed_urls: SignedUrls) -> Self:
        """As it leaves: with addresses of pictures that a browser may open."""
        return self


class SubjectEvent(Event):
    """An event about one row. `version` is the row's, `n` counts the progress within that version."""

    id: UUID
    version: int = Field(exclude=True, ge=0)
    n: int = Field(0, exclude=True, ge=0)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def seq(self) -> int:
        return seq_of(self.version, self.n)


@with_config(ConfigDict(extra="allow"))
class Output(TypedDict):
    filename: str
    subfolder: str
    type: str
    media_type: str
    url: str
    thumbnail_url: NotRequired[str | None]
    width: NotRequired[int | None]
    height: NotRequired[int | None]
    bytes: NotRequired[int | None]
    sha256: NotRequired[str | None]


class GenerationEvent(SubjectEvent):
    session_id: UUID | None
    status: GenerationStatus
    progress: Percent = 0
    current_node: str | None = None
    prompt_id: str | None = Field(None, serialization_alias="promptId")

    @computed_field(alias="generationId")  # type: ignore[prop-decorator]
    @property
    def generation_id(self) -> UUID:
        return self.id

    @computed_field  # type: ignore[prop-decorator]
    @property
    def node(self) -> str | None:
        return self.current_node

    def rooms(self) -> list[str]:
        subject = [rooms.generation(self.id)]
        if self.session_id is not None:
            subject.append(rooms.session(self.session_id))
        return subject + super().rooms()

    def payload(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)


class GenerationQueued(GenerationEvent):
    name = "generation:queued"
    status: Literal[GenerationStatus.PENDING] = GenerationStatus.PENDING
    waiting_reason: str | None = None


class GenerationStarted(GenerationEvent):
    name = "generation:started"
    status: Literal[GenerationStatus.RUNNING] = GenerationStatus.RUNNING


class GenerationProgress(GenerationEvent):
    name = "generation:progress"
    is_state = False
    status: Literal[GenerationStatus.RUNNING] = GenerationStatus.RUNNING


class GenerationPreview(GenerationEvent):
    name = "generation:preview"
    is_state = False
    status: Literal[GenerationStatus.RUNNING] = GenerationStatus.RUNNING
    preview_url: str

    def signed(self, signed_urls: SignedUrls) -> Self:
        return self.model_copy(update={"preview_url": signed_urls.sign(self.preview_url, self.workspace_id)})


class GenerationCompleted(GenerationEvent):
    name = "generation:completed"
    status: Literal[GenerationStatus.COMPLETED] = GenerationStatus.COMPLETED
    progress: Percent = 100
    outputs: list[Output]
    generation_time_seconds: float | None
    outputs_left_out: bool = False
    """There are too many for one event; read them by REST."""

    def signed(self, signed_urls: SignedUrls) -> Self:
        outputs = [signed_urls.sign_fields(output, self.workspace_id) for output in self.outputs]
        return self.model_copy(update={"outputs": outputs})

    def without_outputs(self) -> "GenerationCompleted":
        return self.model_copy(update={"outputs": [], "outputs_left_out": True})


class GenerationFailed(GenerationEvent):
    name = "generation:failed"
    status: Literal[GenerationStatus.FAILED] = GenerationStatus.FAILED
    error: str
    code: str | None = None


class GenerationCancelled(GenerationEvent):
    name = "generation:cancelled"
    status: Literal[GenerationStatus.CANCELLED] = GenerationStatus.CANCELLED


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


class ResourceChanged(Event):
    """Something to be read again. What was deleted or restored along with it has no event of its own."""

    name = "resource:changed"
    kind: ResourceKind
    id: UUID
    change: Change


class Notification(Event):
    """What is kept has an `id`; `count` is how often it was said since it was last read."""

    name = "notification"
    id: UUID | None = None
    type: Literal["info", "success", "warning", "error"] = "info"
    message: str
    code: str | None = None
    count: int = 1
    subject_kind: str | None = None
    subject_id: UUID | None = None


EVENTS: dict[str, type[Event]] = {
    event.name: event
    for event in (
        GenerationQueued,
        GenerationStarted,
        GenerationProgress,
        GenerationPreview,
        GenerationCompleted,
        GenerationFailed,
        GenerationCancelled,
        TaskCreated,
        TaskStarted,
        TaskProgress,
        TaskCompleted,
        TaskFailed,
        TaskCancelled,
        ResourceChanged,
        Notification,
    )
}
