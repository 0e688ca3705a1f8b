"""The files of a result, and its end."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete as delete_from
from sqlalchemy import func, select, update

from spoonfeeder.db.media import Media
from spoonfeeder.db.task import Result, Task
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.media import service as media
from spoonfeeder.features.tasks.queries import get_result
from spoonfeeder.work import Work


async def find_file(work: Work, row: Any, index: int) -> Media | None:
    """None where the result is a text. Raises MediaNotFound."""
    outputs = orjson.loads(row.outputs)
    if not outputs and index == 0:
        return None
    followed = select(Task.generation_id).where(Task.id == row.task_id).scalar_subquery()
    of_it = (Media.task_id == row.task_id) | (Media.generation_id == followed)
    file: Media | None = await work.session.scalar(media.reachable(work).where(of_it, Media.position == index))
    if file is None or not any(output["index"] == index for output in outputs):
        raise media.MediaNotFound
    return file


async def delete(work: Work, result_id: UUID) -> None:
    """Its files are hidden now and purged later. Raises ResultNotFound."""
    row = await get_result(work, result_id)
    hidden = update(Media).where(Media.task_id == row.task_id).values(deleted_at=func.now())
    await work.session.execute(hidden)
    await work.session.execute(delete_from(Result).where(Result.id == result_id))
    work.tell_change("task", row.task_id, "updated")
    await record(work, Action.RESULT_DELETED, "result", result_id)
