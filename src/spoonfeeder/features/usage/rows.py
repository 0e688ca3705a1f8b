"""The row of one call: opened where the budgets allow it, closed with what the call came to."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, String, Uuid, bindparam, select, text, update

from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import CallStatus, Provider, Purpose
from spoonfeeder.db.profile import ProfileKey
from spoonfeeder.db.usage import UsageCall
from spoonfeeder.features.usage.months import THIS_MONTH, next_month
from spoonfeeder.providers.base import Usage
from spoonfeeder.work import Work

LARGEST_COUNT = 2**31 - 1
ANY_ID = Uuid()

# One statement, so that the check costs no round trip of its own. What other calls in flight will cost is not known
# yet: together they may exceed the budget by that much.
OPEN = text(
    f"""
    WITH used_up AS (
        SELECT b.profile_id, b.monthly_usd, month.spent, p.name FROM budgets b
        LEFT JOIN profiles p ON p.id = b.profile_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN b.profile_id IS NULL THEN (
                SELECT coalesce(sum(c.cost_usd), 0) FROM usage_calls c
                WHERE c.workspace_id = b.workspace_id AND c.started_at >= {THIS_MONTH}
            ) ELSE (
                SELECT coalesce(sum(c.cost_usd), 0) FROM usage_calls c
                WHERE c.profile_id = b.profile_id AND c.started_at >= {THIS_MONTH}
            ) END AS spent
        ) month
        WHERE b.workspace_id = :workspace_id AND (b.profile_id IS NULL OR b.profile_id = :profile_id)
            AND month.spent >= b.monthly_usd
        ORDER BY b.profile_id NULLS FIRST LIMIT 1
    ), opened AS (
        INSERT INTO usage_calls (
            id, workspace_id, created_by, profile_id, conversation_id, message_id, task_id, provider, model, purpose
        )
        SELECT :id, :workspace_id, :created_by, :profile_id, :conversation_id, :message_id, :task_id,
            :provider, :model, :purpose
        WHERE NOT EXISTS (SELECT FROM used_up)
    )
    SELECT *, now() AS at FROM used_up
    """  # noqa: S608 - nothing of a request is in it
).bindparams(
    *(
        bindparam(name, type_=ANY_ID)
        for name in ("id", "workspace_id", "created_by", "profile_id", "conversation_id", "message_id", "task_id")
    ),
    *(bindparam(name, type_=String()) for name in ("provider", "model", "purpose")),
)

CLOSE = text(
    f"""
    UPDATE usage_calls SET status = :status, error_code = :error_code, attempts = :attempts,
        key_id = (SELECT k.id FROM profile_keys k WHERE k.id = :key_id),
        input_tokens = :input_tokens, output_tokens = :output_tokens, cached_tokens = :cached_tokens,
        reasoning_tokens = :reasoning_tokens, cost_usd = :cost_usd, ended_at = clock_timestamp()
    WHERE id = :id AND workspace_id = :workspace_id AND status = '{CallStatus.OPEN}'
    """  # noqa: S608 - the same
).bindparams(*(bindparam(name, type_=ANY_ID) for name in ("id", "workspace_id", "key_id")))


class BudgetExceeded(AppError):
    """The budget of this month is used up."""

    status = 402
    code = "BUDGET_EXCEEDED"

    @classmethod
    def by(cls, row: Row[Any]) -> "BudgetExceeded":
        whose = "this workspace" if row.profile_id is None else f'the profile "{row.name}"'
        if not row.monthly_usd:
            return cls(f"The monthly budget of {whose} is 0, which stops every call; an admin can raise it.")
        begins = next_month(row.at)
        return cls(
            f"The monthly budget of {whose} is used up: {row.spent:.2f} of {row.monthly_usd:.2f} US dollars."
            f" It begins anew on {begins:%Y-%m-%d} (UTC); an admin of the workspace can raise it."
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known of a call before it is made."""

    id: UUID
    provider: Provider
    model: str
    purpose: Purpose
    profile_id: UUID | None = None
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    task_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known after it."""

    id: UUID
    status: CallStatus
    attempts: int
    usage: Usage
    cost_usd: Decimal | None
    key_id: UUID | None = None
    error_code: str | None = None


async def open_row(work: Work, opening: Opening) -> None:
    """Raises BudgetExceeded."""
    values = {name: getattr(opening, name) for name in Opening.__slots__}
    who = {"workspace_id": work.workspace_id, "created_by": work.user.user_id}
    await work.session.flush()
    found = (await work.session.execute(OPEN, values | who)).one_or_none()
    if found is not None:
        raise BudgetExceeded.by(found)


async def close_rows(work: Work, *endings: Ending) -> None:
    """Leaves rows alone that the upkeep has closed meanwhile, and a key out that is gone. The usage is plausible."""
    await work.session.execute(CLOSE, [_values_of(ending) | {"workspace_id": work.workspace_id} for ending in endings])


def _values_of(ending: Ending) -> dict[str, Any]:
    usage = ending.usage
    return {
        "id": ending.id,
        "status": ending.status,
        "error_code": ending.error_code,
        "attempts": ending.attempts,
        "key_id": ending.key_id,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_tokens": usage.cached_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": ending.cost_usd,
    }


async def note_key(work: Work, call_id: UUID, key_id: UUID | None) -> None:
    """Which key of a pool an open call goes on with, for those who take it over."""
    if key_id is not None:
        mine = (UsageCall.id == call_id, UsageCall.workspace_id == work.workspace_id)
        there = select(ProfileKey.id).where(ProfileKey.id == key_id).scalar_subquery()
        await work.session.execute(update(UsageCall).where(*mine).values(key_id=there))


async def close_unknown(work: Work, call_id: UUID) -> None:
    """Of a call whose process died: nobody knows what it came to."""
    await close_rows(work, Ending(call_id, CallStatus.UNKNOWN, 1, Usage(), None))


def plausible(usage: Usage) -> Usage:
    """Providers may tell anything; what no model can have is unknown."""
    counts = asdict(usage).items()
    return Usage(**{name: count for name, count in counts if count is not None and 0 <= count <= LARGEST_COUNT})
