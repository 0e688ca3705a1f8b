"""Bodies and answers of variations, sweeps and batches."""

import re
from fractions import Fraction
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, JsonValue, field_validator, model_validator

from spoonfeeder.comfy.seeds import MAX_SEED
from spoonfeeder.core.schema import Input, Page, Record, Timestamp
from spoonfeeder.core.vocabulary import BatchKind
from spoonfeeder.features.generations.schemas import GenerateInput

MOST = 1_000
"""Generations of one batch."""
DIGITS = re.compile(r"-?[0-9]{1,20}")
Mode = Literal["product", "zip"]
Number = int | float | str
"""A whole one as its digits too, as a seed beyond 2^53 may be."""
Priority = Annotated[int, Field(ge=-100, le=100)]


class VariationsInput(Input):
    """Seeds in steps of `seed_step` (1 where it is absent) after the generation's own, or with `random` drawn ones."""

    count: Annotated[int, Field(ge=1, le=MOST)]
    seed_step: Annotated[int | None, Field(ge=-MAX_SEED, le=MAX_SEED)] = None
    random: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> "VariationsInput":
        if self.random and self.seed_step is not None:
            raise ValueError("give seed_step or random, not both")
        if self.seed_step == 0:
            raise ValueError("seed_step must not be 0")
        return self


class Range(Input):
    """Numbers from `from` on in steps until `to`, or `count` of them evenly spread; both ends are part of it."""

    start: Number = Field(alias="from")
    end: Number = Field(alias="to")
    step: Number | None = None
    count: Annotated[int | None, Field(ge=1, le=1_000_000)] = None

    @field_validator("start", "end", "step")
    @classmethod
    def _is_number(cls, number: Number | None) -> Number | None:
        if isinstance(number, str) and not DIGITS.fullmatch(number):
            raise ValueError("must be a number, or the digits of a whole one")
        return number

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "Range":
        if (self.step is None) == (self.count is None):
            raise ValueError("give either step or count")
        if self.step is not None:
            step, way = Fraction(str(self.step)), Fraction(str(self.end)) - Fraction(str(self.start))
            if step == 0 or step * way < 0:
                raise ValueError("step must lead from `from` to `to`")
        return self


class Axis(Input):
    """`parameter`: a standard name, `<node>.<input>`, `prompt_text`, `negative_prompt` or `loras`."""

    parameter: Annotated[str, Field(min_length=1, max_length=500)]
    values: Annotated[list[JsonValue] | None, Field(min_length=1, max_length=10_000)] = None
    range: Range | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Axis":
        if (self.values is None) == (self.range is None):
            raise ValueError("give either values or range")
        return self


class SweepBase(GenerateInput):
    """A generation as it was made, or what a `generate` takes."""

    generation_id: Annotated[UUID | None, Field(strict=False)] = None

    @model_validator(mode="after")
    def _generation_alone(self) -> "SweepBase":
        if self.generation_id is not None and (others := self.model_fields_set - {"generation_id"}):
            raise ValueError(f"generation_id stands alone; leave out {min(others)}")
        return self


class SweepInput(Input):
    """All combinations of the axes' values (`product`, the last axis fastest), or their first, second, … (`zip`)."""

    base: SweepBase
    axes: Annotated[list[Axis], Field(min_length=1, max_length=8)]
    mode: Mode = "product"
    limit: Annotated[int, Field(ge=1, le=MOST)] = 500
    priority: Priority | None = None


class ShownAxis(Record):
    """With its values as the generations' `batch_coordinates` have them."""

    parameter: str
    values: list[Any]


class BatchOut(Record):
    """`total` generations were asked for; the counts are of those that are not purged yet, deleted ones included.

    `held` of the pending ones are held. `progress` is the share of the total that has ended, in percent; `done`: none
    is pending or running.
    """

    id: UUID
    session_id: UUID | None
    kind: BatchKind
    base_generation_id: UUID | None
    axes: list[ShownAxis]
    total: int
    pending: int
    held: int
    running: int
    completed: int
    failed: int
    cancelled: int
    progress: int = Field(ge=0, le=100)
    done: bool
    created_by: UUID | None
    created_at: Timestamp


class BatchPage(Page[BatchOut]):
    """`next_cursor` leads on and is null on the last page."""

    next_cursor: str | None
