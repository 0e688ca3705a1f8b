"""The editor's graph of a generation as it ran: what ComfyUI writes into files as `workflow`, beside the `prompt`."""

import asyncio
import json
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select

from spoonfeeder.comfy.backends import Backend
from spoonfeeder.comfy.builtin import core_nodes
from spoonfeeder.comfy.conversion.applied import applied
from spoonfeeder.comfy.graph import Graph, GraphError
from spoonfeeder.comfy.metadata.source import MAX_TEXT
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.core.actor import User
from spoonfeeder.db.comfyui import Generation, WorkflowVersion
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 5.0


async def original_of(work: Work, version_id: UUID | None) -> str | None:
    """The editor's graph of the workflow's version that ran; None where it was imported in API format."""
    text = select(WorkflowVersion.__table__.c.original).where(WorkflowVersion.id == version_id)
    found: str | None = await work.session.scalar(text.where(WorkflowVersion.workspace_id == work.workspace_id))
    return found


def as_it_ran(original: str, graph: Graph, object_info: ObjectInfo | None) -> dict[str, Any] | None:
    """With the values of `graph`; None where they have no place in it, or where no file could hold it. CPU work."""
    try:
        ran = applied(orjson.loads(original), graph, object_info or core_nodes())
    except GraphError:
        return None
    return ran if ran is not None and len(json.dumps(ran)) <= MAX_TEXT else None


async def author_workflow(runtime: Runtime, backend: Backend, row: Generation, graph: Graph) -> dict[str, Any] | None:
    """For the files of a run that begins; they are worth no failure and no long wait, so None for any trouble."""
    if row.workflow_version_id is None:
        return None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async with open_work(runtime, User(row.workspace_id)) as work:
                original = await original_of(work, row.workflow_version_id)
            ran = await _as_it_runs(backend, original, graph) if original is not None else None
    except Exception:
        log.exception("author_workflow_failed")
        return None
    if original is not None and ran is None:
        log.info("author_workflow_left_out")
    return ran


async def _as_it_runs(backend: Backend, original: str, graph: Graph) -> dict[str, Any] | None:
    """By what is known of the nodes; ComfyUI is asked only if that does not do."""
    ran = await asyncio.to_thread(as_it_ran, original, graph, backend.known_objects)
    if ran is not None:
        return ran
    newest = await backend.live_objects()
    return None if newest is None else await asyncio.to_thread(as_it_ran, original, graph, newest)
