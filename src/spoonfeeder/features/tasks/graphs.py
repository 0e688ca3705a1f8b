"""Which classes of nodes the workflows have that a task may run: they tell what it can make."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from spoonfeeder.comfy.graph import parse
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.db.comfyui import Session, Workflow
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.tasks.comfyui import WorkflowOptions
from spoonfeeder.work import Work

CLASSES = func.jsonb_path_query_array(cast(Workflow.workflow_json, JSONB), literal_column("'$.*.class_type'"))
KEYS: Any = select(Workflow.profile_id, Workflow.id, Workflow.version)
MOST_KNOWN = 10_000
NOBODY_KNOWS = frozenset({""})
"""Of one that was changed at this moment."""
_known: dict[tuple[UUID, int], frozenset[str]] = {}
"""By workflow and version, whose graph never changes: it may have megabytes."""


async def default_workflows(work: Work) -> Mapping[UUID | None, frozenset[str]]:
    """By profile."""
    return await _classes(work, KEYS.where(Workflow.is_default))


async def wanted_workflow(work: Work, options: WorkflowOptions) -> frozenset[str] | None:
    """Of the one that the options give or name, None where they leave it to the profile.

    Raises GraphError, and Invalid for an unknown id.
    """
    if options.workflow_json is not None:
        return await asyncio.to_thread(_classes_in, options.workflow_json)
    if options.workflow_id is not None:
        found = await _classes(work, KEYS.where(Workflow.id == options.workflow_id))
        if not found:
            raise invalid_field("options.workflow_id", "This workflow does not exist.", code="unknown_id")
        return next(iter(found.values()))
    current = KEYS.join(Session, Session.current_workflow_id == Workflow.id)
    found = await _classes(work, current.where(Session.id == options.session_id))
    return next(iter(found.values()), None)


def _classes_in(graph: Any) -> frozenset[str]:
    return frozenset(node["class_type"] for node in parse(graph).values())


async def _classes(work: Work, keys: Select[Any]) -> Mapping[UUID | None, frozenset[str]]:
    """By profile."""
    rows = (await work.session.execute(visible(keys, work.actor))).all()
    unknown = [row.id for row in rows if (row.id, row.version) not in _known]
    if unknown:
        await _read(work, unknown)
    return {row.profile_id: _known.get((row.id, row.version), NOBODY_KNOWS) for row in rows}


async def _read(work: Work, ids: Sequence[UUID]) -> None:
    if len(_known) > MOST_KNOWN:
        _known.clear()
    read = select(Workflow.id, Workflow.version, CLASSES.label("classes")).where(Workflow.id.in_(ids))
    for row in await work.session.execute(visible(read, work.actor)):
        _known[row.id, row.version] = frozenset(row.classes)
