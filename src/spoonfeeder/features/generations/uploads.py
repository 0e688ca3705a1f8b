"""Graph inputs that name an upload of ours, `media:<id>`: checked when accepted, pushed to ComfyUI at submit.

The graph keeps our reference, so a run can be repeated when ComfyUI has forgotten the file.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.comfy.files import MAX_UPLOADS, UPLOAD_PREFIX, upload_places
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.media.unused import mark_used
from spoonfeeder.work import Work

Place = tuple[str, str]


def uploads_of(graph: Graph) -> dict[Place, UUID]:
    """Raises Invalid for a reference that is no id, and for too many."""
    found: dict[Place, UUID] = {}
    for (node_id, name), text in upload_places(graph):
        try:
            found[node_id, name] = UUID(text)
        except ValueError:
            message = f'"{UPLOAD_PREFIX}{text[:80]}" is not a reference to an upload; it looks like media:<id>.'
            raise invalid_field(f"{node_id}.{name}", message) from None
        if len(found) > MAX_UPLOADS:
            raise invalid_field(f"{node_id}.{name}", f"The workflow names more than {MAX_UPLOADS} uploads.")
    return found


async def find_uploads(work: Work, graph: Graph) -> dict[Place, Media]:
    """The rows behind the references. Raises Invalid where one does not exist."""
    wanted = uploads_of(graph)
    if not wanted:
        return {}
    statement = visible(select(Media), work.actor).where(Media.id.in_(set(wanted.values())))
    rows = {row.id: row for row in await work.session.scalars(statement)}
    for (node_id, name), media_id in wanted.items():
        if media_id not in rows:
            raise invalid_field(f"{node_id}.{name}", "This upload does not exist.", code="unknown_id")
    await mark_used(work, rows)
    return {place: rows[media_id] for place, media_id in wanted.items()}


async def require_uploads(work: Work, wanted: Collection[UUID]) -> None:
    """Raises Invalid where one does not exist."""
    found = visible(select(Media.id), work.actor).where(Media.id.in_(wanted))
    if wanted and len((await work.session.scalars(found)).all()) < len(wanted):
        raise invalid_field("parameters", "An upload that this names does not exist.", code="unknown_id")
    await mark_used(work, wanted)


def with_names(graph: Graph, names: dict[Place, str]) -> dict[str, Any]:
    """A copy of the graph in which the references are the names that ComfyUI gave the files."""
    copy: dict[str, Any] = dict(graph)
    for (node_id, name), given in names.items():
        node = dict(copy[node_id])
        node["inputs"] = {**node["inputs"], name: given}
        copy[node_id] = node
    return copy
