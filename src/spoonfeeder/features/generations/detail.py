"""One generation with all that is kept of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.generations import queries
from spoonfeeder.work import Work


@dataclass(frozen=True, slots=True)
class Shown:
    """`item` is the answer, without the graph; `row` has it."""

    row: Any
    item: dict[str, Any]
    fingerprint: dict[str, Any] | None


async def shown(work: Work, generation_id: UUID) -> Shown:
    """Raises GenerationNotFound."""
    row = await queries.get(work, generation_id, snapshot=True)
    item = (await queries.with_live(work, [row]))[0]
    del item["workflow_json_snapshot"]
    fingerprint = item.pop("fingerprint")
    return Shown(row, item, None if fingerprint is None else orjson.loads(fingerprint))


async def detail(work: Work, generation_id: UUID) -> dict[str, Any]:
    """Raises GenerationNotFound."""
    found = await shown(work, generation_id)
    verified_by = await _newest(work, generation_id) if found.row.status == GenerationStatus.COMPLETED else None
    more = {"fingerprint": found.fingerprint, "verified_by": verified_by}
    return found.item | {"workflow_json_snapshot": found.row.workflow_json_snapshot} | more


async def _newest(work: Work, generation_id: UUID) -> dict[str, Any] | None:
    verdict = Generation.verification["verdict"].astext.label("verdict")
    known = select(Generation.id, verdict, Generation.completed_at)
    of_it = (Generation.verifies == generation_id, Generation.verification.is_not(None))
    newest = visible(known, work.actor).where(*of_it).order_by(Generation.completed_at.desc(), Generation.id.desc())
    row = (await work.session.execute(newest.limit(1))).one_or_none()
    return None if row is None else dict(row._mapping)
