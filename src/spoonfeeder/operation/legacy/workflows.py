"""A stored workflow of the predecessor, read as an import by hand would read it."""

import asyncio

from spoonfeeder.comfy.graph import Graph, GraphError
from spoonfeeder.comfy.plan import check
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.lossless import lossless
from spoonfeeder.features.workflows.reading import read_workflow
from spoonfeeder.operation.legacy.rows import Unfit, mapping, times
from spoonfeeder.operation.legacy.source import Row


async def workflow(row: Row) -> Row:
    """What can be set is found in the graph anew, since the predecessor's list of it is of another form.

    `is_default` comes later, when it is known that there is no other. Raises Unfit.
    """
    try:
        read = await asyncio.to_thread(read_workflow, row["workflow_json"] or "", None)
    except GraphError as error:
        raise Unfit(f"its graph cannot be read ({error.message})") from None
    return {
        **{name: row[name] for name in ("id", "profile_id", "description")},
        "name": row["name"] or "Imported workflow",
        "default_parameters": lossless(_that_fit(read.graph, mapping(row["default_parameters"]))),
        **read.columns(),
        **times(row),
    }


def _that_fit(graph: Graph, defaults: Row) -> Row:
    """Without those that this graph has no place for."""
    fitting = {}
    for name, value in defaults.items():
        try:
            check(graph, {name: value}, None, at="default_parameters")
        except AppError:
            continue
        fitting[name] = value
    return fitting
