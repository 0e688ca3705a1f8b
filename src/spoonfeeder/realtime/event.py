"""What every event is: a flat payload, the rooms it goes to, and its place in its subject's order."""

from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field

from spoonfeeder.core.signed_urls import SignedUrls
from spoonfeeder.realtime import rooms

SEQ_STEP = 1_000_000

Percent = Annotated[int, Field(ge=0, le=100)]


def seq_of(version: int, n: int = 0) -> int:
    """The place of an event among all events of its subject: the row's version, then the progress within it."""
    return version * SEQ_STEP + min(n, SEQ_STEP - 1)


class Event(BaseModel):
    """Something that sockets are told. `workspace_id` addresses it and is not part of the payload.

    With `user_id` only this user's sockets in the workspace hear of it.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, json_schema_serialization_defaults_required=True)
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
