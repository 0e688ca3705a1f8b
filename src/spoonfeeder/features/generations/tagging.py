"""Tags of generations: changed for many at once, and counted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from spoonfeeder.core.errors import Invalid, invalid_field
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.generations.tag_schemas import MOST_TAGS, Tagged, TagsInput, without_repeats
from spoonfeeder.realtime.events import ResourceChanged
from spoonfeeder.work import Work

MOST_COUNTED = 500
ANY_TAGS = (Generation.tags != text("'{}'"), Generation.deleted_at.is_(None))
"""As its index has it."""


async def change_tags(work: Work, data: TagsInput) -> list[Tagged]:
    """In the order of `ids`; all or none. Raises Invalid."""
    wanted = list(dict.fromkeys(data.ids))
    before = await _locked(work, wanted)
    if unknown := [position for position, row_id in enumerate(data.ids) if row_id not in before]:
        message = "This generation does not exist."
        details = [{"loc": f"ids.{position}", "type": "unknown_id", "message": message} for position in unknown]
        raise Invalid(message, details=details)
    after = {row_id: _changed(before[row_id], data) for row_id in wanted}
    if any(len(tags) > MOST_TAGS for tags in after.values()):
        raise invalid_field("add", f"A generation has at most {MOST_TAGS} tags.")
    changed = {row_id: tags for row_id, tags in after.items() if tags != before[row_id]}
    if changed:
        await work.session.execute(update(Generation), [{"id": row_id, "tags": changed[row_id]} for row_id in changed])
    for row_id in sorted(changed):
        work.emit(ResourceChanged(workspace_id=work.workspace_id, kind="generation", id=row_id, change="updated"))
    return [Tagged(id=row_id, tags=tags) for row_id, tags in after.items()]


async def _locked(work: Work, ids: list[UUID]) -> dict[UUID, list[str]]:
    mine = (Generation.workspace_id == work.workspace_id, Generation.deleted_at.is_(None))
    locked = await lock_rows(work.session, Generation, Generation.id.in_(ids), *mine)
    rows = await work.session.execute(select(Generation.id, Generation.tags).where(locked))
    return {row.id: row.tags for row in rows}


def _changed(tags: list[str], data: TagsInput) -> list[str]:
    """Letters of either case are the same; what is added again keeps its place and its spelling."""
    gone = {tag.casefold() for tag in data.remove}
    return without_repeats([*(tag for tag in tags if tag.casefold() not in gone), *data.add])


async def count_tags(work: Work) -> Sequence[Any]:
    """The most used first, each as it is spelt."""
    each = visible(select(Generation.workspace_id, func.unnest(Generation.tags).label("tag")), work.actor)
    tags = each.where(*ANY_TAGS).subquery()
    counted = select(tags.c.tag, func.count().label("count")).group_by(tags.c.tag)
    ordered = counted.order_by(func.count().desc(), tags.c.tag).limit(MOST_COUNTED)
    return (await work.session.execute(ordered)).all()
