"""The files that a task is given: kept ones of its workspace, of a kind that fits."""

from collections.abc import Sequence
from uuid import UUID

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import Modality
from spoonfeeder.db.media import Media
from spoonfeeder.features.calls.pictures import MOST_BYTES, require_fitting
from spoonfeeder.features.media import service as media
from spoonfeeder.features.media.unused import mark_used
from spoonfeeder.features.tasks.targets import has_speech, takes
from spoonfeeder.work import Work

FITTING = {
    Modality.TEXT: "A text task takes PNG, JPEG, WebP or GIF files, or one recording (audio or video).",
    Modality.IMAGE: "An image task takes PNG, JPEG, WebP or GIF files.",
    Modality.VIDEO: "A video task takes PNG, JPEG, WebP or GIF files.",
    Modality.AUDIO: "An audio task takes no files.",
}


async def find_inputs(work: Work, kind: Modality, ids: Sequence[UUID]) -> tuple[str, ...]:
    """Their media types, in order. Raises Invalid about `inputs`."""
    if not ids:
        return ()
    rows = {row.id: row for row in await work.session.scalars(media.reachable(work).where(Media.id.in_(ids)))}
    for place, media_id in enumerate(ids):
        if media_id not in rows:
            raise invalid_field(f"inputs.{place}", "This file does not exist.", code="unknown_id")
    await mark_used(work, ids)
    media_types = tuple(rows[media_id].media_type for media_id in ids)
    if not takes(kind, media_types):
        raise invalid_field("inputs", FITTING[kind])
    if not has_speech(media_types):
        _require_small([rows[media_id] for media_id in ids])
    return media_types


def _require_small(pictures: Sequence[Media]) -> None:
    for place, picture in enumerate(pictures):
        if picture.bytes > MOST_BYTES:
            raise invalid_field(f"inputs.{place}", f"A picture may have at most {MOST_BYTES // 2**20} MiB.")
    require_fitting([picture.bytes for picture in pictures], "inputs")
