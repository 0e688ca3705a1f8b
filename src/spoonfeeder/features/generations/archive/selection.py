"""Which generations an archive is of: fixed before its first byte, so that it says how much there is to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from spoonfeeder.core.errors import Invalid, NotFound
from spoonfeeder.db.generation_search import SEARCHED
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible, visible_rows
from spoonfeeder.features.generations.archive.reading import among
from spoonfeeder.features.generations.search import prepared
from spoonfeeder.work import Work

MOST_GENERATIONS = 20_000
PAGE_ROWS = 100
PAGE_BYTES = 4 * 2**20
"""Of graphs and prompts; a single one that is larger is a page of its own."""
COLUMNS = SEARCHED.c


class NothingToExport(NotFound):
    """No generation is like this, so there is nothing to export."""

    code = "NOTHING_TO_EXPORT"


class TooMuchToExport(Invalid):
    """These are more generations than one archive takes; narrow them down."""

    code = "TOO_MUCH_TO_EXPORT"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A generation and its number in the archive, from 1."""

    number: int
    id: UUID


@dataclass(frozen=True, slots=True)
class Selection:
    """`ids` are in the order of the archive, the oldest first; `weights` are the bytes of their texts."""

    ids: Sequence[UUID]
    weights: Sequence[int]
    total_files: int
    total_bytes: int

    def pages(self) -> Iterator[list[Numbered]]:
        page: list[Numbered] = []
        weight = 0
        for number, (row_id, bytes_of_row) in enumerate(zip(self.ids, self.weights, strict=True), 1):
            if page and (len(page) == PAGE_ROWS or weight + bytes_of_row > PAGE_BYTES):
                yield page
                page, weight = [], 0
            page.append(Numbered(number, row_id))
            weight += bytes_of_row
        yield page


async def select_generations(work: Work, where: ColumnElement[bool]) -> Selection:
    """Where `where` of `SEARCHED` holds. Raises NothingToExport, TooMuchToExport, SearchTooSlow."""
    texts = (COLUMNS.workflow_json_snapshot, COLUMNS.prompt_text, COLUMNS.negative_prompt)
    weight = sum((func.coalesce(func.octet_length(text), 0) for text in texts), start=func.length(""))
    statement = visible_rows(select(COLUMNS.id, weight), COLUMNS, work.actor).where(where)
    in_order = statement.order_by(COLUMNS.created_at, COLUMNS.batch_index, COLUMNS.id)
    async with prepared(work):
        found = (await work.session.execute(in_order.limit(MOST_GENERATIONS + 1))).all()
        if not found:
            raise NothingToExport
        if len(found) > MOST_GENERATIONS:
            raise TooMuchToExport(f"These are more than {MOST_GENERATIONS:,} generations; narrow them down.")
        ids = [row[0] for row in found]
        files = visible(select(func.count(Media.id), func.coalesce(func.sum(Media.bytes), 0)), work.actor)
        count, size = (await work.session.execute(files.where(among(Media.generation_id, ids)))).one()
        return Selection(ids, [row[1] for row in found], int(count), int(size))
