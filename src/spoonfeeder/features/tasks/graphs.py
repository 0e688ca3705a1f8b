"""Which classes of nodes the workflows have that a task may run: they tell what it can make."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from spoonfeeder.comfy.graph import parse
from spoonfeeder.db.comfyui import Session, Workflow
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.tasks.comfyui import WorkflowOptions
from spoonfeeder.work import Work

CLASSES = func.jsonb_path_query_array(cast(Workflow.workflow_json, JSONB), "$.*.class_type").label("classes")


async def default_workflows(work: Work) -> Mapping[UUID | None, frozenset[str]]:
    """By profile."""
    mine = visible(select(Workflow.profile_id, CLASSES), work.actor).where(Workflow.is_default)
    return {row.profile_id: frozenset(row.classes) for row in await work.session.execute(mine)}


async def wanted_workflow(work: Work, options: WorkflowOptions) -> frozenset[str] | None:
    """Of the one that the options name or give, None where they leave it to the profile. Raises GraphError."""
    if options.workflow_json is not None:
        return await asyncio.to_thread(_classes_in, options.workflow_json)
    if options.workflow_id is not None:
        return await _find(work, select(CLASSES), Workflow.id == options.workflow_id)
    if options.session_id is not None:
        current = select(CLASSES).join(Session, Session.current_workflow_id == Workflow.id)
        return await _find(work, current, Session.id == options.session_id)
    return None


def _classes_in(graph: Any) -> frozenset[str]:
    return frozenset(node["class_type"] for node in parse(graph).values())


async def _find(work: Work, statement: Select[Any], condition: ColumnElement[bool]) -> frozenset[str] | None:
    found = await work.session.scalar(visible(statement, work.actor).where(condition))
    return None if found is None else frozenset(found)
