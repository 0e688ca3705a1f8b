"""Monthly budgets: of the workspace, and of single profiles."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from spoonfeeder.core.errors import NotFound
from spoonfeeder.db.profile import Profile
from spoonfeeder.db.usage import Budget, UsageCall
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.access import visible_rows
from spoonfeeder.features.profiles import service as profiles
from spoonfeeder.features.usage.months import THIS_MONTH, next_month
from spoonfeeder.features.usage.schemas import BudgetInput, BudgetOut
from spoonfeeder.work import Work

MOST_BUDGETS = 1_000


class BudgetNotFound(NotFound):
    """This budget does not exist."""

    code = "BUDGET_NOT_FOUND"


async def list_budgets(work: Work) -> list[BudgetOut]:
    """That of the workspace first; none of a deleted profile."""
    ordered = _shown(work).order_by(Budget.profile_id.is_(None).desc(), Profile.name, Budget.id).limit(MOST_BUDGETS)
    return [_as_answer(row) for row in await work.session.execute(ordered)]


async def get(work: Work, budget_id: UUID) -> BudgetOut:
    """Raises BudgetNotFound."""
    row = (await work.session.execute(_shown(work).where(Budget.id == budget_id))).one_or_none()
    if row is None:
        raise BudgetNotFound
    return _as_answer(row)


async def put(work: Work, data: BudgetInput) -> BudgetOut:
    """Sets the budget of the profile, or of the workspace. Raises ProfileNotFound."""
    if data.profile_id is not None:
        await profiles.get(work, data.profile_id)
    values = {"workspace_id": work.workspace_id, "profile_id": data.profile_id, "monthly_usd": data.amount}
    statement = insert(Budget).values(values)
    changed = {"monthly_usd": statement.excluded.monthly_usd, "updated_at": func.now()}
    upsert = statement.on_conflict_do_update(index_elements=["workspace_id", "profile_id"], set_=changed)
    budget_id = (await work.session.execute(upsert.returning(Budget.id))).scalar_one()
    work.tell_change("budget", budget_id, "updated")
    await record(work, Action.BUDGET_CHANGED, "budget", budget_id, **_about(data.profile_id), usd=str(data.amount))
    return await get(work, budget_id)


async def remove(work: Work, budget_id: UUID) -> None:
    """Raises BudgetNotFound."""
    budget = await get(work, budget_id)
    await work.session.execute(delete(Budget).where(Budget.id == budget_id))
    work.tell_change("budget", budget_id, "deleted")
    await record(work, Action.BUDGET_DELETED, "budget", budget_id, **_about(budget.profile_id))


def _about(profile_id: UUID | None) -> dict[str, Any]:
    return {} if profile_id is None else {"profile_id": profile_id}


def _shown(work: Work) -> Select[Any]:
    calls = select(func.coalesce(func.sum(UsageCall.cost_usd), Decimal(0)))
    this_month = calls.where(UsageCall.started_at >= text(THIS_MONTH))
    of_all = this_month.where(UsageCall.workspace_id == Budget.workspace_id).correlate(Budget)
    of_profile = this_month.where(UsageCall.profile_id == Budget.profile_id).correlate(Budget)
    spent = case((Budget.profile_id.is_(None), of_all.scalar_subquery()), else_=of_profile.scalar_subquery()).label(
        "spent_usd"
    )
    shown = select(*Budget.__table__.c, Profile.name.label("profile_name"), spent, func.now().label("at"))
    joined = shown.select_from(Budget).outerjoin(Profile, Profile.id == Budget.profile_id)
    return visible_rows(joined, Budget, work.actor).where(Profile.deleted_at.is_(None))


def _as_answer(row: Any) -> BudgetOut:
    columns = row._mapping
    moment: datetime = columns["at"]
    left = max(Decimal(0), columns["monthly_usd"] - columns["spent_usd"])
    known = {name: columns[name] for name in BudgetOut.model_fields if name in columns}
    return BudgetOut(**known, left_usd=left, resets_at=next_month(moment))
