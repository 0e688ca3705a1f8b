"""From what is wanted to the answer: selected first, then sent."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement

from spoonfeeder.core.actor import User
from spoonfeeder.core.media_response import content_disposition
from spoonfeeder.features.generations.archive.answer import Archive
from spoonfeeder.features.generations.archive.contents import EVERYTHING, Contents, Part
from spoonfeeder.features.generations.archive.names import Names
from spoonfeeder.features.generations.archive.progress import Progress
from spoonfeeder.features.generations.archive.selection import Selection, select_generations
from spoonfeeder.features.generations.archive.turns import turn
from spoonfeeder.features.generations.archive.writing import Writing
from spoonfeeder.features.generations.archive.zip_stream import Sending, ZipStream
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work


@dataclass(frozen=True, slots=True)
class Options:
    """`export_id` is the name under which its reader hears how far it is."""

    parts: frozenset[Part] = EVERYTHING
    export_id: UUID | None = None


async def archive_of(
    work: Work, where: ColumnElement[bool], name: str, options: Options, reader: User | None = None
) -> Archive:
    """Of the rows of `SEARCHED` where `where` holds; `work` may end before it is sent. `reader` hears how far it is.

    Raises NothingToExport, TooMuchToExport.
    """
    selection = await select_generations(work, where)
    headers = {
        "Accept-Ranges": "none",
        "Cache-Control": "private, no-store",
        "Content-Disposition": content_disposition(f"{name} {datetime.now(UTC):%Y-%m-%d}.zip", attachment=True),
        "X-Accel-Buffering": "no",
        "X-Content-Type-Options": "nosniff",
        "X-Total-Bytes": str(selection.total_bytes),
        "X-Total-Files": str(selection.total_files),
    }
    return Archive(partial(write_archive, work.runtime, reader or work.user, selection, options), headers)


async def write_archive(
    runtime: Runtime, actor: User, selection: Selection, options: Options, send: Sending
) -> Contents:
    """What is in it now, and what is wrong with it. Raises TooManyArchives, and what Writing does."""
    with turn(actor):
        progress = Progress(runtime, actor, options.export_id, selection)
        contents = Contents(Names(len(selection.ids)), options.parts)
        archive = ZipStream(send)
        is_whole = False
        try:
            await Writing(runtime, actor, selection, contents, progress, archive).write()
            is_whole = True
        finally:
            archive.discard()
            progress.end(is_whole=is_whole)
        return contents
