"""Bodies and answers of usage and budgets. Money is US dollars, as numbers with up to nine decimal places."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema

from spoonfeeder.core.schema import Answer, Input, Page, Record, Timestamp
from spoonfeeder.core.vocabulary import CallStatus, Provider, Purpose

NUMBER = WithJsonSchema({"type": "number"}, mode="serialization")
Usd = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json"), NUMBER]
CENT = Decimal("0.01")
LARGEST_BUDGET = 1_000_000_000


def _whole_cents(amount: float) -> float:
    exact = Decimal(str(amount))
    if exact != exact.quantize(CENT):
        raise ValueError("must be whole cents")
    return amount


class GroupBy(StrEnum):
    DAY = "day"
    PROFILE = "profile"
    MODEL = "model"
    PROVIDER = "provider"
    PURPOSE = "purpose"


class Sums(Answer):
    """`cost_usd` is that of the calls with a known price, null where none has one; `unpriced_calls` are the others
    that did not fail."""

    calls: int
    failed: int
    unpriced_calls: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: Usd | None


class UsageGroup(Sums):
    """`key` is a day (`2026-11-21`, UTC), a profile's id, or the word itself; null: without a profile."""

    key: str | None
    name: str | None
    provider: Provider | None


class UsageReport(Answer):
    """`since` and `until` are the bounds that were counted."""

    since: Timestamp
    until: Timestamp
    group_by: GroupBy
    totals: Sums
    groups: list[UsageGroup]


class CallOut(Record):
    """`cost_usd` null is an unknown price; `attempts` counts the requests to the provider."""

    id: UUID
    created_by: UUID | None
    profile_id: UUID | None
    profile_name: str | None
    key_id: UUID | None
    conversation_id: UUID | None
    message_id: UUID | None
    provider: Provider
    model: str
    purpose: Purpose
    status: CallStatus
    error_code: str | None
    attempts: int
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: Usd | None
    started_at: Timestamp
    ended_at: Timestamp | None


class CallPage(Page[CallOut]):
    """`pagination.total` ends at 10,000; `next_cursor` leads on from there and is null on the last page."""

    next_cursor: str | None


class BudgetInput(Input):
    """Without `profile_id` the budget is that of the whole workspace; 0 stops every call."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        ["id", "profile_name", "spent_usd", "left_usd", "resets_at", "created_at", "updated_at"]
    )

    profile_id: Annotated[UUID | None, Field(strict=False)] = None
    monthly_usd: Annotated[float, Field(ge=0, le=LARGEST_BUDGET, allow_inf_nan=False), AfterValidator(_whole_cents)]

    @property
    def amount(self) -> Decimal:
        return Decimal(str(self.monthly_usd)).quantize(CENT)


class BudgetOut(Record):
    """`spent_usd` and `left_usd` are of this month (UTC)."""

    id: UUID
    profile_id: UUID | None
    profile_name: str | None
    monthly_usd: Usd
    spent_usd: Usd
    left_usd: Usd
    resets_at: Timestamp
    created_at: Timestamp
    updated_at: Timestamp
