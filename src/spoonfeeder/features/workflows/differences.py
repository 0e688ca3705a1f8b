"""What two graphs have not in common."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from spoonfeeder.comfy.graph import Graph, Node, title_of
from spoonfeeder.comfy.links import looks_linked
from spoonfeeder.core.lossless import lossless
from spoonfeeder.features.workflows.version_schemas import ChangedNode, InputChange, NodeName

MOST_CHANGES = 5_000
"""Inputs together, and nodes of a kind: nobody reads more, and a graph may hold half a million values."""
MISSING: Any = object()


def added(before: Graph, after: Graph) -> list[NodeName]:
    found = (NodeName(**_name(node_id, node)) for node_id, node in after.items() if node_id not in before)
    return list(islice(found, MOST_CHANGES))


def changed(before: Graph, after: Graph) -> list[ChangedNode]:
    """Nodes of the same id that differ in class, title or any input."""
    found: list[ChangedNode] = []
    room = MOST_CHANGES
    for node_id, node in after.items():
        compared = _compared(node_id, before[node_id], node, room) if node_id in before else None
        if compared is None:
            continue
        found.append(compared)
        room -= 1 + len(compared.inputs) + len(compared.links)
        if room <= 0:
            break
    return found


def _compared(node_id: str, before: Node, after: Node, room: int) -> ChangedNode | None:
    was = {"class_type_before": before["class_type"], "title_before": title_of(before)}
    now = _name(node_id, after)
    inputs: list[InputChange] = []
    links: list[InputChange] = []
    for change in islice(value_changes(before["inputs"], after["inputs"]), room):
        (links if looks_linked(change.before) or looks_linked(change.after) else inputs).append(change)
    is_other = (was["class_type_before"], was["title_before"]) != (now["class_type"], now["title"])
    return ChangedNode(**now, **was, inputs=inputs, links=links) if is_other or inputs or links else None


def value_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[InputChange]:
    for name in {**before, **after}:
        old, new = before.get(name, MISSING), after.get(name, MISSING)
        if type(old) is not type(new) or old != new:
            yield InputChange(
                name=name,
                is_new=old is MISSING,
                is_gone=new is MISSING,
                before=None if old is MISSING else lossless(old),
                after=None if new is MISSING else lossless(new),
            )


def _name(node_id: str, node: Node) -> dict[str, Any]:
    return {"node_id": node_id, "class_type": node["class_type"], "title": title_of(node)}
