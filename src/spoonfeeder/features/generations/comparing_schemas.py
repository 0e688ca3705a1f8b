"""Answers that tell two generations apart."""

from typing import Any

from pydantic import BaseModel

from spoonfeeder.core.schema import Answer
from spoonfeeder.features.generations.schemas import GenerationOut
from spoonfeeder.features.generations.verifying_schemas import EnvironmentChange
from spoonfeeder.features.workflows.version_schemas import ChangedNode, NodeName


class PromptChange(BaseModel):
    a: str | None
    b: str | None


class ParameterChange(BaseModel):
    """Null where one has no such parameter."""

    name: str
    a: Any
    b: Any


class PromptChanges(BaseModel):
    """Null where both have the same."""

    prompt_text: PromptChange | None
    negative_prompt: PromptChange | None


class NodeChanges(BaseModel):
    """From `a` to `b`; of nodes and inputs the first 5,000."""

    added: list[NodeName]
    removed: list[NodeName]
    changed: list[ChangedNode]


class Comparison(Answer):
    """Two generations, and in what they differ."""

    a: GenerationOut
    b: GenerationOut
    same_graph: bool
    parameters: list[ParameterChange]
    prompts: PromptChanges
    nodes: NodeChanges
    environment: list[EnvironmentChange]
