"""In what two generations differ."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.lossless import lossless
from spoonfeeder.features.generations import queries
from spoonfeeder.features.generations.comparing_schemas import (
    NodeChanges,
    ParameterChange,
    PromptChange,
    PromptChanges,
)
from spoonfeeder.features.generations.detail import Shown, shown
from spoonfeeder.features.generations.fingerprint import environment_changes
from spoonfeeder.features.workflows import differences
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

SUMMARY = (
    *("width", "height", "steps", "cfg_scale", "seed", "sampler_name", "scheduler", "batch_size"),
    *("checkpoint_name", "loras_used"),
)
MOST_LETTERS = 36 * 3


def two_ids(given: list[str]) -> tuple[UUID, UUID]:
    """From `a,b` or from two values. Raises Invalid."""
    words = [word.strip() for text in given[:3] for word in text[:MOST_LETTERS].split(",")]
    try:
        ids = [UUID(word) for word in words]
    except ValueError:
        raise invalid_field("ids", "These are not two ids; they look like ids=<id>,<id>.") from None
    if len(ids) != 2 or ids[0] == ids[1]:
        raise invalid_field("ids", "Give the ids of exactly two different generations.")
    return ids[0], ids[1]


async def compare(runtime: Runtime, actor: User, first: UUID, second: UUID) -> dict[str, Any]:
    """Raises GenerationNotFound, with the id that is not there."""
    async with open_work(runtime, actor) as work:
        one, other = await _existing(work, first), await _existing(work, second)
    return await asyncio.to_thread(_compared, one, other)


async def _existing(work: Work, generation_id: UUID) -> Shown:
    try:
        return await shown(work, generation_id)
    except queries.GenerationNotFound:
        message = f"The generation {generation_id} does not exist."
        details = [{"loc": "ids", "type": "unknown_id", "message": message}]
        raise queries.GenerationNotFound(message, details=details) from None


def _compared(one: Shown, other: Shown) -> dict[str, Any]:
    """CPU work."""
    nodes = _nodes(_graph(one), _graph(other))
    prompts = {name: _prompt(one, other, name) for name in PromptChanges.model_fields}
    return {
        "a": one.item,
        "b": other.item,
        "same_graph": not (nodes.added or nodes.removed or nodes.changed),
        "parameters": [change.model_dump() for change in _parameters(_values(one), _values(other))],
        "prompts": PromptChanges(**prompts).model_dump(),
        "nodes": nodes.model_dump(),
        "environment": [change.model_dump() for change in environment_changes(one.fingerprint, other.fingerprint)],
    }


def _graph(of: Shown) -> Graph:
    graph: Graph = orjson.loads(of.row.workflow_json_snapshot or "{}")
    return graph


def _nodes(before: Graph, after: Graph) -> NodeChanges:
    return NodeChanges(
        added=differences.added(before, after),
        removed=differences.added(after, before),
        changed=differences.changed(before, after),
    )


def _prompt(one: Shown, other: Shown, name: str) -> PromptChange | None:
    a, b = getattr(one.row, name), getattr(other.row, name)
    return None if a == b else PromptChange(a=a, b=b)


def _values(of: Shown) -> dict[str, Any]:
    """What the graph was made with; where the graph says otherwise, that."""
    columns = {name: getattr(of.row, name) for name in SUMMARY}
    columns["loras_used"] = orjson.loads(columns["loras_used"])
    columns["seed"] = None if columns["seed"] is None else lossless(int(columns["seed"]))
    told: dict[str, Any] = orjson.loads(of.row.parameters)
    return told | {name: value for name, value in columns.items() if value is not None or name not in told}


def _parameters(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ParameterChange]:
    changes = differences.value_changes(before, after)
    return [ParameterChange(name=change.name, a=change.before, b=change.after) for change in changes]
