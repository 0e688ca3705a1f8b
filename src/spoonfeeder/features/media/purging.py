"""What was deleted more than 7 days ago goes for good, files before rows: after a crash they are found again."""

from typing import Any

from sqlalchemy import ColumnElement, func, select, text

from spoonfeeder.db.media import Media
from spoonfeeder.work import Work

KEPT = text("interval '7 days'")
AT_ONCE = 500


def long_deleted(table: type[Any]) -> ColumnElement[bool]:
    return table.deleted_at < func.now() - KEPT  # type: ignore[no-any-return]


async def purge_files(work: Work, condition: ColumnElement[bool]) -> None:
    rows = await work.session.execute(select(Media.storage_key, Media.thumbnail_key).where(condition))
    for keys in rows:
        for key in keys:
            if key is not None:
                await work.runtime.storage.delete(key)
