"""Bodies and answers of presets."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from spoonfeeder.core.schema import Given, Input, Name, Record, Timestamp
from spoonfeeder.features.workflows.schemas import Parameters, RowId

Description = Annotated[str, Field(max_length=10_000)]


class PresetOut(Record):
    """`workflow_id` null: for any workflow."""

    id: UUID
    name: str
    description: str | None
    workflow_id: UUID | None
    parameters: dict[str, Any]
    used_count: int
    created_at: Timestamp
    updated_at: Timestamp


_FIELDS = {"name", "description", "workflow_id", "parameters"}
_READ_ONLY = frozenset(PresetOut.model_fields) - _FIELDS


class PresetInput(Input):
    """`parameters` as generate takes them, or those that a generation was made with, which have its seed if asked."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Name
    description: Description | None = None
    workflow_id: RowId | None = None
    parameters: Parameters | None = None
    from_generation_id: RowId | None = None
    include_seed: bool = False

    @model_validator(mode="after")
    def _says_which(self) -> "PresetInput":
        if (self.parameters is None) == (self.from_generation_id is None):
            raise ValueError("give either parameters or from_generation_id")
        if self.include_seed and self.from_generation_id is None:
            raise ValueError("include_seed goes with from_generation_id")
        return self


class PresetPatch(Input):
    """What is absent stays; `parameters` are replaced as a whole."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Given[Name] = None
    description: Description | None = None
    workflow_id: RowId | None = None
    parameters: Given[Parameters] = None
