"""`/api/usage` and `/api/budgets`."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.pagination import Place, place_reader
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, Pagination
from spoonfeeder.core.vocabulary import CallStatus, Provider
from spoonfeeder.features.auth.depends import ManageWork, ReadWork
from spoonfeeder.features.logs.router import From, Until
from spoonfeeder.features.usage import budgets, queries
from spoonfeeder.features.usage.schemas import (
    BudgetInput,
    BudgetOut,
    CallOut,
    CallPage,
    GroupBy,
    UsageReport,
)

router = Router(prefix="/api", tags=["usage"])
USUAL_DAYS = timedelta(days=30)
LONGEST_REPORT = timedelta(days=366)
Model = Annotated[str | None, Query(min_length=1, max_length=255)]


PlaceDep = Annotated[Place, Depends(place_reader(50))]


@router.get("/usage")
async def get_usage(
    work: ReadWork,
    since: From = None,
    until: Until = None,
    group_by: GroupBy = GroupBy.DAY,
    profile_id: UUID | None = None,
    provider: Provider | None = None,
    model: Model = None,
) -> Ok[UsageReport]:
    """Sums of the calls that began from `from` (30 days before `to`) until before `to` (now); at most 366 days."""
    end = until or datetime.now(UTC)
    begin = since or max(end, datetime.min.replace(tzinfo=UTC) + USUAL_DAYS) - USUAL_DAYS
    if end - begin > LONGEST_REPORT:
        raise invalid_field("from", "A report covers at most 366 days.")
    conditions = queries.between(begin, end, profile_id=profile_id, provider=provider, model=model)
    sums = await queries.totals(work, conditions)
    groups = await queries.groups(work, conditions, group_by)
    return Ok(data=UsageReport(since=begin, until=end, group_by=group_by, totals=sums, groups=groups))


@router.get("/usage/calls")
async def list_usage_calls(
    work: ReadWork,
    place: PlaceDep,
    since: From = None,
    until: Until = None,
    profile_id: UUID | None = None,
    provider: Provider | None = None,
    model: Model = None,
    status: CallStatus | None = None,
) -> CallPage:
    """The calls one by one, newest first."""
    wanted = {"profile_id": profile_id, "provider": provider, "model": model, "status": status}
    found = await queries.calls(work, queries.between(since, until, **wanted), place)
    rows = [CallOut.model_validate(row) for row in found.rows]
    numbers = Pagination.of(page=place.page, limit=place.limit, total=found.total)
    return CallPage(data=rows, pagination=numbers, next_cursor=found.next_cursor)


@router.get("/budgets")
async def list_budgets(work: ReadWork) -> Ok[list[BudgetOut]]:
    return Ok(data=await budgets.list_budgets(work))


@router.put("/budgets")
async def put_budget(work: ManageWork, data: BudgetInput) -> Ok[BudgetOut]:
    """Sets what a calendar month (UTC) may cost, of one profile or of the whole workspace."""
    return Ok(data=await budgets.put(work, data))


@router.delete("/budgets/{budget_id}")
async def delete_budget(work: ManageWork, budget_id: UUID) -> Done:
    await budgets.remove(work, budget_id)
    return Done(message="The budget is removed.")
