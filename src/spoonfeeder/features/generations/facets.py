"""What the generations that were found have in common: how many of each checkpoint, size, status and sampler."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from spoonfeeder.core.schema import Answer
from spoonfeeder.db.generation_search import SEARCHED
from spoonfeeder.work import Work

MOST_VALUES = 50
COLUMNS = SEARCHED.c
COUNTED = (COLUMNS.checkpoint_name, COLUMNS.width, COLUMNS.height, COLUMNS.status, COLUMNS.sampler_name)


class FacetValue(Answer):
    value: str
    count: int


class Facets(Answer):
    """The 50 most frequent values of each, the most frequent first; rows without a value are not counted there."""

    checkpoint: list[FacetValue]
    size: list[FacetValue]
    status: list[FacetValue]
    sampler: list[FacetValue]


async def facets(work: Work, where: ColumnElement[bool]) -> dict[str, list[dict[str, Any]]]:
    """Of all that is found, not of one page: this looks at every row of it."""
    statement = select(*COUNTED, func.count().label("rows")).where(where).group_by(*COUNTED)
    counted: dict[str, Counter[str]] = {name: Counter() for name in Facets.model_fields}
    for row in await work.session.execute(statement):
        for name, value in _values(row):
            if value is not None:
                counted[name][value] += row.rows
    return {name: _most(values) for name, values in counted.items()}


def _values(row: Any) -> Sequence[tuple[str, str | None]]:
    size = None if row.width is None or row.height is None else f"{row.width}x{row.height}"
    return ("checkpoint", row.checkpoint_name), ("size", size), ("status", row.status), ("sampler", row.sampler_name)


def _most(values: Counter[str]) -> list[dict[str, Any]]:
    ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    return [{"value": value, "count": count} for value, count in ordered[:MOST_VALUES]]
