"""The events of docs/api.md, "Socket.IO": their payloads, the rooms they go to and their place in a subject's order.

A payload is flat and whole: it repeats what is known of its subject, so that a reader needs only the newest one.
"""

from typing import Any, Literal, NotRequired, Self
from uuid import UUID

from pydantic import ConfigDict, Field, computed_field, with_config
from typing_extensions import TypedDict

from spoonfeeder.core.signed_urls import SignedUrls
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.realtime import rooms
from spoonfeeder.realtime.event import SEQ_STEP, Event, Percent, SubjectEvent, seq_of
from spoonfeeder.realtime.library_events import BackendChanged, BatchProgress, ExportProgress
from spoonfeeder.realtime.task_events import (
    TaskCancelled,
    TaskCompleted,
    TaskCreated,
    TaskEvent,
    TaskFailed,
    TaskProgress,
    TaskStarted,
)

__all__ = [
    "EVENTS",
    "SEQ_STEP",
    "BackendChanged",
    "BatchProgress",
    "Change",
    "Event",
    "ExportProgress",
    "GenerationCancelled",
    "GenerationCompleted",
    "GenerationEvent",
    "GenerationFailed",
    "GenerationPreview",
    "GenerationProgress",
    "GenerationQueued",
    "GenerationStarted",
    "Notification",
    "ResourceChanged",
    "ResourceKind",
    "Resync",
    "SubjectEvent",
    "TaskCancelled",
    "TaskCompleted",
    "TaskCreated",
    "TaskEvent",
    "TaskFailed",
    "TaskProgress",
    "TaskStarted",
    "seq_of",
]

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
    "backend",
    "batch",
    "project",
    "prompt",
    "preset",
]
Change = Literal["created", "updated", "deleted", "restored"]


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


class Resync(Event):
    """Some events may have been missed (R18): whatever is shown is to be read again. Every socket is told it."""

    name = "resync"


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
        BatchProgress,
        BackendChanged,
        ExportProgress,
        ResourceChanged,
        Notification,
        Resync,
    )
}
