"""Reading the prompt library."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.pagination import Place
from spoonfeeder.db.library import Prompt
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.prompts.schemas import PromptOrder, PromptOut
from spoonfeeder.features.prompts.variables import names_in
from spoonfeeder.work import Work

MOST_CATEGORIES = 500
TEXTS = (Prompt.name, Prompt.prompt_text, Prompt.negative_prompt)
ORDERS: dict[PromptOrder, tuple[Any, ...]] = {
    "name": (func.lower(Prompt.name), Prompt.id),
    "used_count": (Prompt.used_count.desc(), func.lower(Prompt.name), Prompt.id),
    "updated": (Prompt.updated_at.desc(), Prompt.id),
}


class PromptNotFound(NotFound):
    """This prompt does not exist."""

    code = "PROMPT_NOT_FOUND"


async def get(work: Work, prompt_id: UUID, *, for_update: bool = False) -> Prompt:
    """Raises PromptNotFound."""
    statement = visible(select(Prompt), work.actor).where(Prompt.id == prompt_id)
    row = await work.session.scalar(statement.with_for_update(key_share=True) if for_update else statement)
    if row is None:
        raise PromptNotFound
    return row


def shown(row: Prompt) -> PromptOut:
    columns = {column.key: getattr(row, column.key) for column in Prompt.__table__.c}
    return PromptOut.model_validate(columns | {"variables": names_in(row.prompt_text, row.negative_prompt)})


def wanted(q: str | None, category: str | None) -> list[ColumnElement[bool]]:
    """`q` is part of the name or of a text, in letters of either case."""
    conditions = [] if category is None else [Prompt.category == category]
    if q:
        found = [column.icontains(q, autoescape=True) for column in TEXTS]
        conditions.append(found[0] | found[1] | found[2])
    return conditions


async def page(
    work: Work, place: Place, order: PromptOrder, conditions: Sequence[ColumnElement[bool]]
) -> tuple[Sequence[Prompt], int]:
    """And how many there are."""
    statement = visible(select(Prompt), work.actor).where(*conditions)
    ordered = statement.order_by(*ORDERS[order]).limit(place.limit).offset(place.offset)
    rows = (await work.session.scalars(ordered)).all()
    counted = select(func.count()).select_from(statement.subquery())
    return rows, int((await work.session.execute(counted)).scalar_one())


async def categories(work: Work) -> Sequence[Any]:
    """By name, each with the number of its prompts."""
    statement = visible(select(Prompt.category, func.count().label("count")), work.actor)
    named = statement.where(Prompt.category.is_not(None)).group_by(Prompt.category).order_by(Prompt.category)
    return (await work.session.execute(named.limit(MOST_CATEGORIES))).all()
