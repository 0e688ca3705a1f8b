"""Bodies and answers of the check before a run."""

from typing import Literal

from pydantic import BaseModel, Field

from spoonfeeder.comfy.checks.problems import Code, Severity
from spoonfeeder.core.schema import Input, Text
from spoonfeeder.features.workflows.schemas import Parameters

Against = Literal["live", "cached", "builtin", "nothing"]


class CheckInput(Input):
    """What the run would be asked for, as in generate; what is absent comes from the defaults and the graph itself."""

    prompt_text: Text | None = None
    negative_prompt: Text | None = None
    parameters: Parameters = Field(default_factory=dict)


class ProblemOut(BaseModel):
    """An error is what ComfyUI, or this server, will refuse; a warning is worth a look.

    Without `node_id` it is about the whole graph or, with `input`, about a parameter of that name.
    `choices` are the first 20; `nearest` are up to three names that exist.
    """

    severity: Severity
    node_id: str | None
    title: str | None
    class_type: str | None
    input: str | None
    code: Code
    message: str
    value: str | None
    choices: list[str]
    nearest: list[str]


class CheckOut(BaseModel):
    """`ok`: nothing is an error. At most 500 problems are told, errors first; `more` counts the rest.

    `checked_against` says how much is known of the nodes: as ComfyUI has them now, as it last told this server, only
    ComfyUI's own as they usually are, or nothing. In the last two cases most faults are only warnings.
    """

    ok: bool
    problems: list[ProblemOut]
    more: int
    checked_against: Against
