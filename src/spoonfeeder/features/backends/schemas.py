"""Bodies and answers of ComfyUI machines."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from spoonfeeder.core.schema import Given, Input, Name, Record, Timestamp
from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.features.profiles.schemas import ApiKey, Url

Slots = Annotated[int, Field(ge=1, le=64)]
"""How many generations it gets at the same time."""

_TOLD = frozenset(
    [
        "id",
        "is_own",
        "has_api_key",
        "effective_slots",
        "status",
        "message",
        "checked_at",
        "down_since",
        "comfyui_version",
        "device",
        "queue",
        "ours",
        "loaded_checkpoint",
        "created_at",
    ]
)


class BackendInput(Input):
    read_only: ClassVar[frozenset[str]] = _TOLD | {"draining"}

    profile_id: Annotated[UUID, Field(strict=False)]
    name: Name
    url: Url
    api_key: ApiKey | None = None
    slots: Slots | None = None
    enabled: bool = True


class BackendPatch(Input):
    """Absent fields stay. `api_key`: `""` or the shown mask leaves it, null removes it; `slots` null: as usual."""

    read_only: ClassVar[frozenset[str]] = _TOLD | {"profile_id"}

    name: Given[Name] = None
    url: Given[Url] = None
    api_key: ApiKey | None = None
    slots: Slots | None = None
    enabled: Given[bool] = None
    draining: Given[bool] = None


class QueueLength(Record):
    """Everybody's prompts, when it was last asked."""

    running: int
    pending: int


class BackendOut(Record):
    """`slots` is its own setting, `effective_slots` what counts; `ours` runs there for this workspace now."""

    id: UUID
    profile_id: UUID
    name: str
    url: str
    is_own: bool
    has_api_key: bool
    api_key: str | None
    slots: int | None
    effective_slots: int
    enabled: bool
    draining: bool
    status: BackendStatus
    message: str | None
    checked_at: Timestamp | None
    down_since: Timestamp | None
    comfyui_version: str | None
    device: str | None
    queue: QueueLength | None
    ours: int
    loaded_checkpoint: str | None
    created_at: Timestamp
