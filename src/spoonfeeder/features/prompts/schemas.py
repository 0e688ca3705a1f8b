"""Bodies and answers of the prompt library."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from spoonfeeder.core.schema import Answer, Given, Input, Name, Record, Text, Timestamp
from spoonfeeder.features.prompts.variables import LONGEST_NAME

MOST_VARIABLES = 50
Category = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
PromptOrder = Literal["name", "used_count", "updated"]
VariableName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
VariableValue = Annotated[str, Field(max_length=10_000)]
Variables = Annotated[dict[VariableName, VariableValue], Field(max_length=MOST_VARIABLES)]


class PromptOut(Record):
    """`variables` are the names that stand in braces in either text, as they first come."""

    id: UUID
    name: str
    prompt_text: str
    negative_prompt: str | None
    category: str | None
    variables: list[str]
    used_count: int
    used_at: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp


_FIELDS = {"name", "prompt_text", "negative_prompt", "category"}
_READ_ONLY = frozenset(PromptOut.model_fields) - _FIELDS


class SavedPromptInput(Input):
    """`{subject}` in a text is a variable, `{{text}}` stands for `{text}`; other braces are ComfyUI's."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Name
    prompt_text: Text
    negative_prompt: Text | None = None
    category: Category | None = None


class SavedPromptPatch(Input):
    """What is absent stays."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Given[Name] = None
    prompt_text: Given[Text] = None
    negative_prompt: Text | None = None
    category: Category | None = None


class RenderInput(Input):
    """A value for each variable of the prompt."""

    variables: Variables = Field(default_factory=dict)


class Rendered(Answer):
    """As generate takes them."""

    prompt_text: str
    negative_prompt: str | None


class CategoryCount(Record):
    category: str
    count: int
