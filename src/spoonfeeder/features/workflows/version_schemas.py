"""Answers about what a workflow was."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from spoonfeeder.comfy.parameters import ExtractedParameter
from spoonfeeder.core.schema import Answer, Record, Timestamp
from spoonfeeder.features.workflows.schemas import NodeWarning


class VersionSummary(Record):
    """`created_by` is who made this version, null for versions of older servers."""

    number: int
    is_current: bool
    has_original: bool
    content_sha256: str | None
    default_parameters: dict[str, Any]
    created_by: UUID | None
    created_at: Timestamp


class VersionOut(VersionSummary):
    """`original` is the editor's graph, as JSON text like `workflow_json`."""

    workflow_json: str
    original: str | None
    extracted_parameters: list[ExtractedParameter]
    warnings: list[NodeWarning]


class InputChange(BaseModel):
    """`before` is null where the input `is_new`, `after` where it `is_gone`; a link is `[node id, output]`."""

    name: str
    is_new: bool
    is_gone: bool
    before: Any
    after: Any


class NodeName(BaseModel):
    node_id: str
    class_type: str
    title: str | None


class ChangedNode(NodeName):
    """`links` are those of the changed inputs that were or are connected."""

    class_type_before: str
    title_before: str | None
    inputs: list[InputChange]
    links: list[InputChange]


class Difference(Answer):
    """From version `before` to version `after`; of nodes and inputs the first 5,000."""

    before: int
    after: int
    added: list[NodeName]
    removed: list[NodeName]
    changed: list[ChangedNode]
    default_parameters: list[InputChange]
