"""The columns of a row that is work: its state, its place in the queue, who runs it, and how it ended (R1 to R10)."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, desc, func, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem

from spoonfeeder.db.base import Counter, LongText, Str20, Str50, one_of


class LifeCycle:
    """Written by `durable/`; a trigger of migration 0010 holds the allowed moves of `status`, `run` and `progress`.

    `version` rises with every change of state. `fence` rises with every claim, and each later write of the
    claimer carries it. `attempt` counts real failures, `crashes` the workers that died during this row.
    """

    status: Mapped[Str20] = mapped_column(server_default="pending")
    progress: Mapped[Counter]
    run: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    version: Mapped[Counter]
    waiting_reason: Mapped[LongText | None]
    waiting_since: Mapped[datetime | None]
    error: Mapped[LongText | None]
    error_code: Mapped[Str50 | None]
    error_details: Mapped[dict[str, Any] | None]

    priority: Mapped[Counter]
    run_after: Mapped[datetime] = mapped_column(server_default=func.now())
    attempt: Mapped[Counter]
    crashes: Mapped[Counter]

    owner: Mapped[str | None] = mapped_column(String(64))
    fence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

    @declared_attr
    def created_by(cls) -> Mapped[UUID | None]:  # noqa: N805 - a column with a foreign key of each table's own
        return mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


def life_cycle_rules(table: str, status: type[StrEnum], done: str) -> tuple[SchemaItem, ...]:
    """Checks and partial indexes of a table with a life cycle.

    No index holds `lease_until` or `progress`: a heartbeat that changes an indexed column could not be a HOT update.
    """
    active = text("status IN ('pending', 'running')")
    return (
        one_of("status", status),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint(f"progress < 100 OR status = '{done}'", name="progress_done"),
        CheckConstraint("status <> 'running' OR lease_until IS NOT NULL", name="running_has_lease"),
        Index(f"idx_{table}_claim", desc("priority"), "created_at", postgresql_where=text("status = 'pending'")),
        Index(f"idx_{table}_running", "id", postgresql_where=text("status = 'running'")),
        Index(f"idx_{table}_active", "workspace_id", postgresql_where=active),
        Index(f"idx_{table}_created_by", "created_by", postgresql_where=active),
        Index(
            f"idx_{table}_cancel",
            "id",
            postgresql_where=text("cancel_requested_at IS NOT NULL AND status IN ('pending', 'running')"),
        ),
    )
