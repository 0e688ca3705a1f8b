"""What an import writes: rows that are not here yet, and what hangs on them; nothing that somebody changed here."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Table, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from spoonfeeder.core.errors import reason_of
from spoonfeeder.db.chat import Conversation, Message
from spoonfeeder.db.comfyui import Generation, Workflow
from spoonfeeder.operation.legacy.source import Row
from spoonfeeder.work import Work

AT_A_TIME = 500
MOST_REASON = 200
OF_THE_ROW = ("22", "23", "54")
"""Classes of SQLSTATE: what is wrong is a value, not the database."""
LACKS_FILES = (Generation.outputs == []) & Generation.deleted_at.is_(None)

T = TypeVar("T")


class Refused(Exception):
    """The message says why our table does not take a row."""


async def insert_new(work: Work, table: Table, owned: list[Row]) -> list[UUID]:
    """The ids of those that were not here. Raises Refused; then none of them came."""
    statement = insert(table).values(owned).on_conflict_do_nothing().returning(table.c.id)
    try:
        async with work.session.begin_nested():
            return list((await work.session.scalars(statement)).all())
    except DBAPIError as error:
        if not str(getattr(error.orig, "sqlstate", None) or "").startswith(OF_THE_ROW):
            raise
        raise Refused(reason_of(error)[:MOST_REASON]) from None


async def complete(work: Work, row: Row) -> bool:
    """Gives a generation that has no files the ones that came now; whether it had none."""
    values = {"outputs": row["outputs"], "warnings": row["warnings"], "updated_at": Generation.updated_at}
    given = update(Generation).where(Generation.id == row["id"], LACKS_FILES).values(values)
    return bool((await work.session.scalars(given.returning(Generation.id))).all())


def portions(values: Iterable[T]) -> Iterator[Sequence[T]]:
    rest = iter(values)
    while portion := list(islice(rest, AT_A_TIME)):
        yield portion


async def set_head(work: Work, thread_id: UUID, last_id: UUID) -> None:
    """Where nothing is shown yet, or the line was shown to its end and has grown."""
    count = select(func.count(Message.id)).where(Message.conversation_id == Conversation.id).scalar_subquery()
    line = select(Message.id, Message.parent_id).where(Message.id == last_id).cte(recursive=True)
    above = select(Message.id, Message.parent_id).where(Message.id == line.c.parent_id)
    shown = Conversation.head_id.is_(None) | Conversation.head_id.in_(select(line.union_all(above).c.id))
    values = {
        "head_id": case((shown, last_id), else_=Conversation.head_id),
        "message_count": count,
        "updated_at": Conversation.updated_at,
    }
    other = (Conversation.id == thread_id) & Conversation.head_id.is_distinct_from(last_id)
    await work.session.execute(update(Conversation).where(other).values(values))


async def count_uses(work: Work, workflow_ids: Sequence[UUID]) -> None:
    """As many as there are rows; more where some have been removed since."""
    used = select(func.count(Generation.id)).where(Generation.workflow_id == Workflow.id).scalar_subquery()
    values = {"generation_count": func.greatest(Workflow.generation_count, used), "updated_at": Workflow.updated_at}
    await work.session.execute(update(Workflow).where(Workflow.id.in_(workflow_ids)).values(values))


async def make_default(work: Work, workflow_id: UUID) -> None:
    """Unless its profile has one."""
    other = aliased(Workflow)
    taken = select(other.id).where(
        other.workspace_id == work.workspace_id,
        other.profile_id.is_not_distinct_from(Workflow.profile_id),
        other.is_default,
        other.deleted_at.is_(None),
    )
    values = {"is_default": True, "updated_at": Workflow.updated_at}
    await work.session.execute(update(Workflow).where(Workflow.id == workflow_id, ~taken.exists()).values(values))
