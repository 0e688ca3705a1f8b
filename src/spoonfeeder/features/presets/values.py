"""The parameters of a preset: as a person gives them, or as a generation was made with."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.comfy.graph import parse
from spoonfeeder.comfy.plan import check
from spoonfeeder.comfy.standard import ALIASES
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.workflows import nodes
from spoonfeeder.features.workflows import queries as workflows
from spoonfeeder.work import Work


async def require_workflow(work: Work, workflow_id: UUID) -> None:
    """Raises Invalid."""
    try:
        await workflows.get(work, workflow_id)
    except workflows.WorkflowNotFound:
        raise invalid_field("workflow_id", "This workflow does not exist.", code="unknown_id") from None


async def require_possible(work: Work, workflow_id: UUID | None, parameters: Mapping[str, Any]) -> None:
    """Without a workflow, or with one that is deleted, what names a node is not looked at. Raises Invalid."""
    if workflow_id is not None:
        try:
            workflow = await workflows.get_whole(work, workflow_id)
        except workflows.WorkflowNotFound:
            pass
        else:
            profile = await workflows.profile_of(work, workflow.profile_id, None)
            graph = await asyncio.to_thread(parse, workflow.workflow_json)
            check(graph, parameters, nodes.known(work.runtime, profile))
            return
    check({}, {name: value for name, value in parameters.items() if "." not in name})


async def of_generation(work: Work, generation_id: UUID, *, with_seed: bool) -> dict[str, Any]:
    """What it was made with. Raises Invalid."""
    found = visible(select(Generation.parameters), work.actor).where(Generation.id == generation_id)
    parameters = await work.session.scalar(found)
    if parameters is None:
        raise invalid_field("from_generation_id", "This generation does not exist.", code="unknown_id")
    return {name: value for name, value in parameters.items() if with_seed or not _is_seed(name)}


def _is_seed(name: str) -> bool:
    """Also of one node, as `3.noise_seed` is."""
    last = name.rpartition(".")[2]
    return ALIASES.get(last, last) == "seed"
