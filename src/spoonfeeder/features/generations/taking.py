"""What a request takes from the library: a saved prompt, and a preset of parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from spoonfeeder.comfy.wishes import layered
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.lossless import lossless
from spoonfeeder.features.generations.schemas import GenerateInput
from spoonfeeder.features.presets import service as presets
from spoonfeeder.features.prompts import service as prompts
from spoonfeeder.features.prompts.queries import PromptNotFound
from spoonfeeder.work import Work


@dataclass(frozen=True, slots=True)
class Taken:
    """The prompts of a run, and the values that stand between the workflow's defaults and the request's own.

    `of_session` is what its session remembers of it: the parameters, where the request or its preset chooses any.
    """

    prompt_text: str | None
    negative_prompt: str | None
    preset: Mapping[str, Any]
    of_session: Mapping[str, Any]


async def take(work: Work, data: GenerateInput, workflow_id: UUID | None) -> Taken:
    """For a run of that workflow; a negative prompt of the request takes the place of the saved one. Raises Invalid."""
    preset = {} if data.preset_id is None else await presets.take(work, data.preset_id, workflow_id)
    chooses = data.preset_id is not None or "parameters" in data.model_fields_set
    of_session = {"last_parameters": lossless(layered(preset, data.parameters))} if chooses else {}
    if data.saved_prompt_id is None:
        return Taken(data.prompt_text, data.negative_prompt, preset, of_session)
    try:
        saved = await prompts.render(work, data.saved_prompt_id, data.variables)
    except PromptNotFound:
        raise invalid_field("saved_prompt_id", "This prompt does not exist.", code="unknown_id") from None
    negative = saved.negative_prompt if data.negative_prompt is None else data.negative_prompt
    return Taken(saved.prompt_text, negative, preset, of_session)


async def count_uses(work: Work, data: GenerateInput) -> None:
    """After everything else, as the rows of prompts and presets are locked last (decision 0009)."""
    if data.saved_prompt_id is not None:
        await prompts.count_use(work, data.saved_prompt_id)
    if data.preset_id is not None:
        await presets.count_use(work, data.preset_id)
