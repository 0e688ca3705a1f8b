"""The events of batches, exports and ComfyUI machines (docs/api.md, "Socket.IO")."""

from typing import Literal
from uuid import UUID

from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.realtime import rooms
from spoonfeeder.realtime.event import Event


class BatchProgress(Event):
    """How many of a batch's generations stand where; sent when it is made, and with each that starts or ends.

    All have ended when none is pending or running; of two events the one with fewer of these is the later one.
    """

    name = "batch:progress"
    id: UUID
    session_id: UUID | None
    total: int
    pending: int
    running: int
    completed: int
    failed: int
    cancelled: int

    def rooms(self) -> list[str]:
        its_session = [rooms.session(self.session_id)] if self.session_id is not None else []
        return its_session + super().rooms()


class BackendChanged(Event):
    """A ComfyUI machine answers again or no more, or its queue has another length."""

    name = "backend:changed"
    id: UUID
    profile_id: UUID
    status: BackendStatus
    message: str | None
    enabled: bool
    draining: bool
    queue_running: int | None
    queue_pending: int | None


class ExportProgress(Event):
    """How far the ZIP is that its reader named `id`; not kept, and not said to other people."""

    name = "export:progress"
    id: UUID
    state: Literal["running", "done", "failed"]
    files: int
    total_files: int
    bytes: int
    total_bytes: int
