"""Imports: read with what is known of the nodes, held against what is there already, kept with the file they came in.

No transaction is open while ComfyUI is asked or a file is read.
"""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import UploadFile
from sqlalchemy import func, select

from spoonfeeder.core.actor import User
from spoonfeeder.core.vocabulary import SHOWN_TYPES
from spoonfeeder.db.comfyui import Workflow
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.media.service import chunks_of, keep_upload
from spoonfeeder.features.workflows import documents, nodes, service
from spoonfeeder.features.workflows.documents import Document
from spoonfeeder.features.workflows.reading import ReadWorkflow, read_workflow
from spoonfeeder.features.workflows.schemas import WorkflowPatch
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.media_types import HEAD_BYTES, sniff
from spoonfeeder.work import Work, open_work


async def read_json(
    runtime: Runtime, actor: User, source: dict[str, Any] | str, profile_id: UUID | None
) -> ReadWorkflow:
    """Raises Invalid for a profile that is none, GraphError, ComfyUINeeded."""
    document = await asyncio.to_thread(documents.of_json, source)
    return await _read(runtime, actor, document, profile_id)


async def read_file(runtime: Runtime, actor: User, file: UploadFile, profile_id: UUID | None) -> ReadWorkflow:
    """Raises also UnreadableFile, NoWorkflowInside, WorkflowTooLarge."""
    document = await asyncio.to_thread(documents.of_file, file.file)
    return await _read(runtime, actor, document, profile_id)


async def read_patch(runtime: Runtime, actor: User, workflow_id: UUID, data: WorkflowPatch) -> ReadWorkflow | None:
    """The graph of a change, if it has one. Raises WorkflowNotFound and what `read_json` raises."""
    source = data.workflow_json
    if source is None:
        return None
    async with open_work(runtime, actor) as work:
        before = await service.place_of(work, workflow_id)
    profile_id = data.profile_id if "profile_id" in data.model_fields_set else before.profile_id
    return await read_json(runtime, actor, source, profile_id)


async def _read(runtime: Runtime, actor: User, document: Document, profile_id: UUID | None) -> ReadWorkflow:
    async with open_work(runtime, actor) as work:
        profile = await nodes.profile_for(work, profile_id)
    if document.workflow is None:
        object_info = nodes.known(runtime, profile)
    else:
        object_info = await nodes.newest(runtime, profile)
    return await asyncio.to_thread(read_workflow, document, object_info)


async def find_same(work: Work, read: ReadWorkflow) -> UUID | None:
    """The oldest workflow with this graph; until the transaction ends, nobody else who asks so makes one."""
    name = f"workflow of content|{work.workspace_id}|{read.sha256}"
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    same = visible(select(Workflow.id), work.actor).where(Workflow.content_sha256 == read.sha256)
    found: UUID | None = await work.session.scalar(same.order_by(Workflow.created_at, Workflow.id).limit(1))
    return found


async def is_there(runtime: Runtime, actor: User, read: ReadWorkflow) -> bool:
    """For now; who must know asks `find_same` where it makes one."""
    async with open_work(runtime, actor) as work:
        return await find_same(work, read) is not None


async def keep_source(runtime: Runtime, actor: User, file: UploadFile) -> Media | None:
    """The picture or recording that a workflow came in; the row is the caller's to add. Raises what storages raise."""
    await file.seek(0)
    if sniff(await file.read(HEAD_BYTES)) not in SHOWN_TYPES:
        return None
    await file.seek(0)
    return await keep_upload(runtime, actor, chunks_of(file), file.filename or "")
