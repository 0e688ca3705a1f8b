"""Running a generation again, and saying whether the same came out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import Row, select

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import Conflict
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.generations import queries, service
from spoonfeeder.features.generations.collect import Collected
from spoonfeeder.features.generations.fingerprint import environment_changes
from spoonfeeder.features.generations.schemas import RerunInput
from spoonfeeder.features.generations.verifying_schemas import Verification, VerifiedOutput
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.protocol import StorageMissing
from spoonfeeder.storage.verdicts import File, Verdict
from spoonfeeder.work import Work, open_work

log = structlog.get_logger(__name__)
MOST_SHOWN = 200
"""Outputs in an answer; the verdict is of all."""
GONE = "The generation that it was to be compared with is gone."
FILE_GONE = "The file of the first run is no longer kept here."
UNREADABLE = "The files could not be compared: one is broken, or has too many pixels."
BROKE = "The comparison failed on our side; the log has the details."
Pair = tuple[Media | None, Mapping[str, Any] | None]


class NothingToVerify(Conflict):
    """Only a completed generation that has outputs can be verified."""

    code = "NOTHING_TO_VERIFY"


async def verify(work: Work, generation_id: UUID, wish: RerunInput) -> Row[Any]:
    """A rerun whose outputs will be compared with those of this one.

    Raises GenerationNotFound, NothingToVerify and what `rerun` raises.
    """
    row = await queries.get(work, generation_id)
    if row.status != GenerationStatus.COMPLETED or not orjson.loads(row.outputs):
        raise NothingToVerify
    return await service.rerun(work, generation_id, wish, verifies=generation_id)


async def verified(
    runtime: Runtime, row: Generation, kept: Collected, fingerprint: Mapping[str, Any]
) -> dict[str, Any]:
    """The column of a run that is about to complete, if it verifies another one; no comparison can spoil it."""
    if row.verifies is None:
        return {}
    async with open_work(runtime, User(row.workspace_id)) as work:
        before = await _fingerprint_of(work, row.verifies)
        media = await _media_of(work, row.verifies)
    if before is None:
        return _column(row, kept, None, [], GONE)
    environment = environment_changes(before, fingerprint)
    try:
        outputs = [await _output(runtime, pair) for pair in _pairs(media, kept.media)]
    except Exception:
        log.exception("verification_broke")
        return _column(row, kept, None, [], BROKE, environment)
    return _column(row, kept, _worst([output.verdict for output in outputs]), outputs, None, environment)


async def _fingerprint_of(work: Work, generation_id: UUID) -> dict[str, Any] | None:
    """Empty where it is not known, None where the generation is gone."""
    known = visible(select(Generation.id, Generation.fingerprint), work.actor).where(Generation.id == generation_id)
    row = (await work.session.execute(known)).one_or_none()
    return None if row is None else row.fingerprint or {}


async def _media_of(work: Work, generation_id: UUID) -> Sequence[Media]:
    outputs = visible(select(Media), work.actor).where(Media.generation_id == generation_id)
    return (await work.session.scalars(outputs.order_by(Media.position))).all()


def _pairs(before: Sequence[Media], now: Sequence[Mapping[str, Any]]) -> Iterator[Pair]:
    """By node and its count there: which node comes first may differ from run to run."""
    nodes = dict.fromkeys([*(one.node_id for one in before), *(other["node_id"] for other in now)])
    for node_id in nodes:
        old = [one for one in before if one.node_id == node_id]
        yield from zip_longest(old, [other for other in now if other["node_id"] == node_id])


async def _output(runtime: Runtime, pair: Pair) -> VerifiedOutput:
    before, now = pair
    if before is None or now is None:
        index = now["position"] if before is None and now is not None else before.position if before else 0
        which = "The first run has no such output." if before is None else "The second run has no such output."
        return VerifiedOutput(index=index, verdict="different", reason=which)
    index = before.position or 0
    if before.sha256 == now["sha256"]:
        return VerifiedOutput(index=index, verdict="same", compared="bytes")
    storage = runtime.storage
    try:
        async with storage.local_file(before.storage_key) as old, storage.local_file(now["storage_key"]) as new:
            found = await runtime.inspector.compare(File(old, before.media_type), File(new, now["media_type"]))
    except StorageMissing:
        return VerifiedOutput(index=index, verdict=None, reason=FILE_GONE)
    if found is None:
        return VerifiedOutput(index=index, verdict=None, reason=UNREADABLE)
    return VerifiedOutput(index=index, **asdict(found))


def _worst(verdicts: Sequence[Verdict | None]) -> Verdict | None:
    order: tuple[Verdict | None, ...] = ("different", None, "near", "same")
    return min(verdicts, key=order.index, default=None)


def _column(
    row: Generation,
    kept: Collected,
    verdict: Verdict | None,
    outputs: Sequence[VerifiedOutput],
    reason: str | None,
    environment: Sequence[Any] = (),
) -> dict[str, Any]:
    if verdict is None and reason is None:
        reason = next((output.reason for output in outputs if output.verdict is None), "There was nothing to compare.")
    told = Verification(
        verifies=row.verifies,
        verdict=verdict,
        outputs=list(outputs[:MOST_SHOWN]),
        environment=list(environment),
        cached_nodes=kept.cached_nodes,
        reason=reason,
    )
    return {"verification": told.model_dump(mode="json")}
