"""The check of a whole graph, as ComfyUI makes it when it is asked to run one (PROTOCOL 3)."""

from collections.abc import Collection, Iterator
from typing import Any

from spoonfeeder.comfy.builtin import core_nodes
from spoonfeeder.comfy.checks.nearest import Nearest
from spoonfeeder.comfy.checks.problems import Finding, Problems, Severity, shown
from spoonfeeder.comfy.checks.values import fault_of
from spoonfeeder.comfy.checks.wires import fault_of_link
from spoonfeeder.comfy.definitions import DYNAMIC, GROWING, Definitions
from spoonfeeder.comfy.files import unsafe_paths
from spoonfeeder.comfy.graph import Graph, Node
from spoonfeeder.comfy.links import looks_linked, nodes_in_a_circle, upstream
from spoonfeeder.comfy.objects import InputSpec, ObjectInfo, is_output
from spoonfeeder.comfy.trace import Place, value_at
from spoonfeeder.comfy.wording import clean, name_node

NOTHING_TO_RUN = "The workflow has no node that saves or shows anything."
IN_A_CIRCLE = 10
TAKES_ANY_TEXT = frozenset(
    [("CustomCombo", "choice"), ("ModelAttentionBackend", "attention")]
    + [(f"Select{kind}Device", "device") for kind in ("Model", "CLIP", "VAE")]
)
"""Choices that ComfyUI does not hold to the list; its definitions do not say so."""
STRUCTURE = frozenset({"bad_link", "missing_node", "circle"})
"""Wrong whatever classes a ComfyUI has."""


def check_graph(
    graph: Graph, object_info: ObjectInfo | None = None, leave_out: Collection[Place] = frozenset()
) -> Problems:
    """Without `object_info` what depends on definitions is only a warning, and found for ComfyUI's own nodes.

    ComfyUI looks at no node that nothing shown or saved depends on; faults of those are warnings too.
    """
    return _Check(graph, object_info, leave_out).run()


def is_covered(graph: Graph) -> bool:
    """Whether ComfyUI's own classes say anything of this graph."""
    told = core_nodes()
    return any(node["class_type"] in told for node in graph.values())


class _Check:
    def __init__(self, graph: Graph, object_info: ObjectInfo | None, leave_out: Collection[Place]) -> None:
        self._graph = graph
        self._leave_out = set(leave_out)
        self._is_told = object_info is not None
        self._told: ObjectInfo = core_nodes() if object_info is None else object_info
        self._definitions = Definitions(self._told)
        self._nearest = Nearest()
        self._problems = Problems(graph)
        outputs = [node_id for node_id, node in graph.items() if is_output(self._told, node["class_type"])]
        self._has_output = bool(outputs)
        self._needed = set(upstream(graph, *outputs, follow=self._is_looked_at)) if outputs else set(graph)

    def run(self) -> Problems:
        if not self._has_output:
            self._problems.add("error" if self._is_told else "warning", Finding("no_output", NOTHING_TO_RUN))
        self._leave_out |= self._add_unsafe()
        for node_id, node in self._graph.items():
            if node["class_type"] not in self._definitions:
                self._add_unknown(node_id, node["class_type"])
                self._add_all(node_id, self._faults_of_unknown(node["inputs"]))
            else:
                self._add_all(node_id, self._faults(node))
        self._add_circle()
        return self._problems

    def _is_looked_at(self, node_id: str, name: str) -> bool:
        node = self._graph[node_id]
        return node["class_type"] not in self._definitions or name in self._definitions.inputs(node)

    def _add_unsafe(self) -> set[Place]:
        """What this server itself does not let through, wherever it stands."""
        found = unsafe_paths(self._graph, self._definitions)
        for place, fault in found.items():
            if place in self._leave_out:
                continue
            finding = Finding("unsafe_path", f"'{clean(place.input, 100)}' {fault}.", value_at(self._graph, place))
            self._problems.add("error", finding, place.node, place.input)
        return set(found)

    def _faults(self, node: Node) -> Iterator[tuple[str, Finding]]:
        inputs = node["inputs"]
        for name, spec in self._definitions.inputs(node).items():
            if name not in inputs:
                if spec.section == "required" and spec.type != GROWING:
                    yield name, _missing(name, spec)
            elif (node["class_type"], name) in TAKES_ANY_TEXT and isinstance(inputs[name], str):
                continue
            elif found := self._fault(name, inputs[name], spec):
                yield name, found

    def _fault(self, name: str, value: Any, spec: InputSpec) -> Finding | None:
        if isinstance(value, list) and not (spec.options.get("multiselect") and len(value) != 2):
            return fault_of_link(self._graph, self._definitions, name, value, spec)
        if not self._is_told and spec.type == "COMBO" and not spec.choices:
            return None
        return fault_of(name, value, spec, self._nearest)

    def _faults_of_unknown(self, inputs: dict[str, Any]) -> Iterator[tuple[str, Finding]]:
        for name, value in inputs.items():
            found = fault_of_link(self._graph, self._definitions, name, value, None) if looks_linked(value) else None
            if found:
                yield name, found

    def _add_all(self, node_id: str, found: Iterator[tuple[str, Finding]]) -> None:
        for name, finding in found:
            if Place(node_id, name) not in self._leave_out:
                self._problems.add(self._severity(node_id, finding), finding, node_id, name)

    def _severity(self, node_id: str, finding: Finding) -> Severity:
        is_sure = self._is_told or finding.code in STRUCTURE
        return "error" if is_sure and not finding.harmless and node_id in self._needed else "warning"

    def _add_unknown(self, node_id: str, class_type: str) -> None:
        name = shown(class_type)
        if not self._is_told:
            message = f"The node type '{name}' is not one of ComfyUI's own; whether it is installed is not known."
            self._problems.add("warning", Finding("unknown_node", message, class_type), node_id)
            return
        like = self._nearest.find(class_type, self._told, "")
        hint = f" Nearest: {', '.join(map(shown, like))}." if like else ""
        message = f"The node type '{name}' is not installed on this ComfyUI.{hint}"
        self._problems.add("error", Finding("unknown_node", message, class_type, nearest=like), node_id)

    def _add_circle(self) -> None:
        circle = nodes_in_a_circle(self._graph)
        if circle:
            names = ", ".join(str(name_node(self._graph, node_id)) for node_id in circle[:IN_A_CIRCLE])
            finding = Finding("circle", f"Nodes depend on each other in a circle: {names}.")
            self._problems.add(self._severity(circle[0], finding), finding, circle[0])


def _missing(name: str, spec: InputSpec) -> Finding:
    """ComfyUI itself does not look for a choice that others hang on."""
    return Finding("missing_input", f"The input '{clean(name, 100)}' is missing.", harmless=spec.type == DYNAMIC)
