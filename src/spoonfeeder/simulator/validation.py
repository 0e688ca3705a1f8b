"""Whether a prompt is accepted, and what is said if it is not (shared/comfyui/PROTOCOL.md §3)."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spoonfeeder.simulator.catalogue import Catalogue
from spoonfeeder.simulator.cycles import find_cycle
from spoonfeeder.simulator.dynamic_inputs import expanded
from spoonfeeder.simulator.files import Folders
from spoonfeeder.simulator.input_rules import Finding, check_link, check_value, finding
from spoonfeeder.simulator.own_rules import OWN_RULES
from spoonfeeder.simulator.version import Version

Graph = Mapping[str, Any]
_SHAPE_ERRORS = (AttributeError, IndexError, KeyError, TypeError, ValueError)


@dataclass
class Verdict:
    """`error` is set if nothing of the prompt can run; `node_errors` can be filled although the rest was accepted."""

    targets: list[str] = field(default_factory=list)
    error: dict[str, Any] | None = None
    node_errors: dict[str, Any] = field(default_factory=dict)


@dataclass
class Checked:
    valid: bool
    findings: list[Finding]


def validate(
    graph: Any, catalogue: Catalogue, folders: Folders, version: Version, chosen: list[str] | None = None
) -> Verdict:
    """Raises whatever a graph of the wrong shape makes it raise: the server answers 500, as ComfyUI does.

    Values are converted in place, as ComfyUI does.
    """
    if version.requires_object_graph and not isinstance(graph, dict):
        raise TypeError("the graph is no object")
    outputs = []
    for node_id in graph:
        problem = _class_problem(graph, node_id, catalogue, version)
        if problem is not None:
            return Verdict(error=problem)
        wanted = chosen is None or node_id in chosen
        if wanted and catalogue.is_output_node(graph[node_id]["class_type"]):
            outputs.append(node_id)
    if not outputs:
        return Verdict(error=_error("prompt_no_outputs", "Prompt has no outputs"))
    return _Validation(graph, catalogue, folders, version).of_outputs(outputs)


def _error(kind: str, message: str, details: str = "", extra_info: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": kind, "message": message, "details": details, "extra_info": extra_info or {}}


def _class_problem(graph: Any, node_id: str, catalogue: Catalogue, version: Version) -> dict[str, Any] | None:
    node = graph[node_id]
    details = f"Node ID '#{node_id}'"
    if "class_type" in node and node["class_type"] in catalogue.classes:
        return None
    if not version.names_missing_node_type:
        missing = "a node is missing the class_type property"
        reason = f"node {node['class_type']} does not exist" if "class_type" in node else missing
        return _error("invalid_prompt", f"Cannot execute because {reason}.", details)
    class_type = node.get("class_type")
    title = node.get("_meta", {}).get("title", class_type)
    if class_type is None:
        message = f"Node '{title}' has no class_type. The workflow may be corrupted or a custom node is missing."
    else:
        message = f"Node '{title}' not found. The custom node may not be installed."
    info = {"node_id": node_id, "class_type": class_type, "node_title": title}
    return _error("missing_node_type", message, details, info)


class _Validation:
    def __init__(self, graph: Any, catalogue: Catalogue, folders: Folders, version: Version) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._folders = folders
        self._version = version
        self._checked: dict[str, Checked] = {}

    def of_outputs(self, outputs: list[str]) -> Verdict:
        verdict = Verdict()
        own_findings: list[Finding] = []
        for output in outputs:
            cycle = find_cycle(self._graph, output)
            valid = not cycle and self._output_is_valid(output)
            if valid:
                verdict.targets.append(output)
                continue
            if cycle and self._version.reports_cycle_nodes:
                self._blame_cycle(cycle)
            if output in self._checked:
                own_findings += self._checked[output].findings
            self._collect(verdict, output)
        if not verdict.targets:
            details = "\n".join(f"{found['message']}: {found['details']}" for found in own_findings)
            verdict.error = _error("prompt_outputs_failed_validation", "Prompt outputs failed validation", details)
        return verdict

    def _output_is_valid(self, output: str) -> bool:
        try:
            return self._check(output).valid
        except _SHAPE_ERRORS as error:
            info = {"exception_type": type(error).__name__, "traceback": _frames(error)}
            found = finding("exception_during_validation", "Exception when validating node", str(error), info)
            self._checked[output] = Checked(False, [found])
            return False

    def _blame_cycle(self, cycle: list[str]) -> None:
        path = " -> ".join(f"{node_id} ({self._graph[node_id]['class_type']})" for node_id in [*cycle, cycle[0]])
        for node_id in cycle:
            info = {"node_id": node_id, "cycle_nodes": cycle}
            found = finding("dependency_cycle", "Dependency cycle detected", path, info)
            self._checked[node_id] = Checked(False, [found])

    def _collect(self, verdict: Verdict, output: str) -> None:
        for node_id, checked in self._checked.items():
            if checked.valid or not checked.findings:
                continue
            told = verdict.node_errors.setdefault(
                node_id,
                {
                    "errors": checked.findings,
                    "dependent_outputs": [],
                    "class_type": self._graph[node_id]["class_type"],
                },
            )
            told["dependent_outputs"].append(output)

    def _check(self, node_id: str) -> Checked:
        if node_id in self._checked:
            return self._checked[node_id]
        inputs = self._graph[node_id]["inputs"]
        spec = self._catalogue.classes[self._graph[node_id]["class_type"]]["input"]
        checked = Checked(True, [])
        for section, configs in expanded(spec, inputs).items():
            for name, config in configs.items():
                if name in inputs:
                    self._check_input(checked, node_id, name, config)
                elif section == "required":
                    found = ("required_input_missing", "Required input is missing", name.rpartition(".")[2])
                    checked.findings.append(finding(*found, {"input_name": name}))
        if not checked.findings:
            self._apply_own_rules(checked, node_id)
        checked.valid = checked.valid and not checked.findings
        self._checked[node_id] = checked
        return checked

    def _check_input(self, checked: Checked, node_id: str, name: str, config: list[Any]) -> None:
        inputs = self._graph[node_id]["inputs"]
        value = inputs[name]
        if isinstance(value, list):
            found = check_link(self._graph, self._catalogue, name, value, config)
            if found is not None:
                checked.findings.append(found)
            else:
                checked.valid &= self._upstream_is_valid(name, value, config)
            return
        has_own_rule = (self._graph[node_id]["class_type"], name) in OWN_RULES
        inputs[name], found = check_value(name, value, config, checks_choice=not has_own_rule)
        if found is not None:
            checked.findings.append(found)

    def _upstream_is_valid(self, name: str, link: list[Any], config: list[Any]) -> bool:
        source = link[0]
        try:
            return self._check(source).valid
        except _SHAPE_ERRORS as error:
            info = {
                "input_name": name,
                "input_config": config,
                "exception_message": str(error),
                "exception_type": type(error).__name__,
                "traceback": _frames(error),
                "linked_node": link,
            }
            message = "Exception when validating inner node"
            found = finding("exception_during_inner_validation", message, str(error), info)
            self._checked[source] = Checked(False, [found])
            return False

    def _apply_own_rules(self, checked: Checked, node_id: str) -> None:
        node = self._graph[node_id]
        for (class_type, name), rule in OWN_RULES.items():
            if class_type != node["class_type"] or not isinstance(node["inputs"].get(name), str):
                continue
            complaint = rule(self._folders, self._version, node["inputs"][name])
            if complaint is not None:
                checked.findings.append(
                    finding(
                        "custom_validation_failed",
                        "Custom validation failed for node",
                        f"{name} - {complaint}",
                        {"input_name": name},
                    )
                )


def _frames(error: Exception) -> list[str]:
    return traceback.format_tb(error.__traceback__)
