"""Which nodes of a workflow stand for other nodes: instances of subgraphs and group nodes."""

from collections.abc import Iterator, Mapping
from typing import Any

from spoonfeeder.comfy.conversion.groups import Group, group_name
from spoonfeeder.comfy.conversion.inputs import Classes
from spoonfeeder.comfy.conversion.shapes import Definition, Node, as_list, as_mapping, definition_of, require_room
from spoonfeeder.comfy.graph import MAX_NODES, GraphError


class Definitions:
    """The subgraphs and group nodes of one file, read when first met."""

    def __init__(self, workflow: Mapping[str, Any], classes: Classes) -> None:
        self._told = {told["id"]: told for told in subgraphs_of(workflow) if isinstance(told.get("id"), str)}
        self._groups_told = as_mapping(as_mapping(workflow.get("extra")).get("groupNodes"))
        self._classes = classes
        self._subgraphs: dict[str, Definition] = {}
        self._groups: dict[str, Group] = {}
        self._grouped = 0

    def find(self, node: Node) -> Definition | None:
        """What the node stands for; None for a node that is only itself."""
        if node.type in self._told:
            known = self._subgraphs.get(node.type)
            if known is None:
                known = self._subgraphs[node.type] = definition_of(self._told[node.type])
            return known
        name = group_name(node.type)
        if name is None or not isinstance(self._groups_told.get(name), Mapping):
            return None
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = Group(name, self._groups_told[name], self._classes)
        self._grouped += group.size()
        require_room(self._grouped)
        return group.definition(node)


def subgraphs_of(workflow: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All subgraphs; files list them side by side, and one inside another is read as well."""
    waiting: list[Any] = [workflow]
    seen = 0
    while waiting:
        holder = as_mapping(waiting.pop())
        for told in as_list(as_mapping(holder.get("definitions")).get("subgraphs")):
            seen += 1
            if seen > MAX_NODES:
                raise GraphError(f"The workflow has more than {MAX_NODES} subgraphs.")
            waiting.append(told)
            yield as_mapping(told)
