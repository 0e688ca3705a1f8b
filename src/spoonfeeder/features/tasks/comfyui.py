"""What a task for a ComfyUI becomes: a generation, made from the task's options."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, JsonValue, ValidationError
from sqlalchemy import func, update

from spoonfeeder.core.schema import Input, Text
from spoonfeeder.core.validation import validation_failure
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.features.generations import service as generations
from spoonfeeder.features.generations.schemas import GenerateInput
from spoonfeeder.features.workflows.schemas import GraphBody
from spoonfeeder.work import Work

OWN_OPTIONS = frozenset(["workflow_id", "workflow_json", "parameters", "session_id"])
"""They mean nothing to another provider and are not told to any."""


class WorkflowOptions(Input):
    workflow_id: Annotated[UUID | None, Field(strict=False)] = None
    workflow_json: GraphBody | None = None
    session_id: Annotated[UUID | None, Field(strict=False)] = None
    parameters: dict[str, JsonValue] = Field(default_factory=dict, max_length=2_000)
    negative_prompt: Text | None = None
    prompt_text: Text | None = None


OPTIONS = frozenset(WorkflowOptions.model_fields) - {"prompt_text"}


def names_a_workflow(options: Mapping[str, Any]) -> bool:
    return any(options.get(name) is not None for name in ("workflow_id", "workflow_json", "session_id"))


async def begin(
    work: Work,
    *,
    prompt: str,
    options: Mapping[str, Any] | None,
    profile_id: UUID | None,
    priority: int = 0,
    run_after: datetime | None = None,
) -> UUID:
    """The generation, pending. Raises Invalid about an option, and what `generations.service.create` raises."""
    given = read_options(prompt, options or {})
    data = GenerateInput(
        **{name: getattr(given, name) for name in given.model_fields_set - {"session_id"}},
        profile_id=profile_id,
        priority=priority if work.user.is_admin else min(priority, 0),
    )
    generation_id: UUID = (await generations.create(work, data, session_id=given.session_id)).id
    if run_after is not None:
        later = func.greatest(Generation.run_after, run_after)
        await work.session.execute(update(Generation).where(Generation.id == generation_id).values(run_after=later))
    return generation_id


def read_options(prompt: str, options: Mapping[str, Any]) -> WorkflowOptions:
    """Of the options those that a workflow takes. Raises Invalid."""
    own = {name: value for name, value in options.items() if name in OPTIONS}
    try:
        return WorkflowOptions.model_validate({**own, "prompt_text": prompt or None})
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False, include_input=False)
        raise validation_failure({**each, "loc": _place(*each["loc"])} for each in told) from None


def _place(first: int | str, *rest: int | str) -> tuple[int | str, ...]:
    return ("prompt",) if first == "prompt_text" else ("options", first, *rest)
