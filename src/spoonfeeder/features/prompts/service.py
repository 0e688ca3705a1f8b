"""The prompt library: prompts made, changed, hidden and brought back, and used with their variables."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, update

from spoonfeeder.core.errors import Invalid, invalid_field
from spoonfeeder.db.library import Prompt
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.undo import hide, show_again
from spoonfeeder.features.prompts import queries
from spoonfeeder.features.prompts.schemas import MOST_VARIABLES, Rendered, SavedPromptInput, SavedPromptPatch
from spoonfeeder.features.prompts.variables import insert, length_with, names_in
from spoonfeeder.work import Work

LONGEST_RENDERED = 100_000


async def create(work: Work, data: SavedPromptInput) -> UUID:
    """Raises Invalid."""
    prompt = Prompt(workspace_id=work.workspace_id, **data.model_dump())
    _require_few_variables(prompt)
    work.session.add(prompt)
    await work.session.flush()
    work.tell_change("prompt", prompt.id, "created")
    return prompt.id


async def change(work: Work, prompt_id: UUID, data: SavedPromptPatch) -> None:
    """Raises PromptNotFound, Invalid."""
    prompt = await queries.get(work, prompt_id, for_update=True)
    for name, value in data.model_dump(exclude_unset=True).items():
        setattr(prompt, name, value)
    _require_few_variables(prompt)
    await work.session.flush()
    work.tell_change("prompt", prompt_id, "updated")


def _require_few_variables(prompt: Prompt) -> None:
    if len(names_in(prompt.prompt_text, prompt.negative_prompt)) > MOST_VARIABLES:
        raise invalid_field("prompt_text", f"A prompt has at most {MOST_VARIABLES} variables.")


async def remove(work: Work, prompt_id: UUID) -> None:
    """Raises PromptNotFound."""
    await queries.get(work, prompt_id, for_update=True)
    await hide(work, Prompt, prompt_id)
    work.tell_change("prompt", prompt_id, "deleted")
    await record(work, Action.PROMPT_DELETED, "prompt", prompt_id)


async def restore(work: Work, prompt_id: UUID) -> None:
    """Raises NothingToRestore."""
    await show_again(work, Prompt, prompt_id)
    work.tell_change("prompt", prompt_id, "restored")
    await record(work, Action.PROMPT_RESTORED, "prompt", prompt_id)


async def render(work: Work, prompt_id: UUID, values: Mapping[str, str]) -> Rendered:
    """Its texts with a value for each variable. Raises PromptNotFound, Invalid."""
    prompt = await queries.get(work, prompt_id)
    _require_values(names_in(prompt.prompt_text, prompt.negative_prompt), values)
    negative = prompt.negative_prompt
    if max(length_with(prompt.prompt_text, values), length_with(negative or "", values)) > LONGEST_RENDERED:
        raise invalid_field("variables", f"With these values the prompt is longer than {LONGEST_RENDERED:,} letters.")
    return Rendered(
        prompt_text=insert(prompt.prompt_text, values),
        negative_prompt=None if negative is None else insert(negative, values),
    )


def _require_values(names: list[str], values: Mapping[str, str]) -> None:
    """Raises Invalid, with a detail for each name."""
    missing = [
        _fault(name, "missing", f"This prompt needs a value for {name}.") for name in names if name not in values
    ]
    unknown = [_fault(name, "unknown", f"This prompt has no variable {name}.") for name in values if name not in names]
    if faults := missing + unknown:
        raise Invalid(" ".join(fault["message"] for fault in faults[:5]), details=faults)


def _fault(name: str, kind: str, message: str) -> dict[str, Any]:
    return {"loc": f"variables.{name}", "type": kind, "message": message}


async def count_use(work: Work, prompt_id: UUID) -> None:
    """Locks its row, which comes after all of sessions, workflows and generations (decision 0009)."""
    used = {"used_count": Prompt.used_count + 1, "used_at": func.now(), "updated_at": Prompt.updated_at}
    await work.session.execute(update(Prompt).where(Prompt.id == prompt_id).values(**used))
    work.tell_change("prompt", prompt_id, "updated")
