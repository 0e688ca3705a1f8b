"""A link against what is at its other end."""

from typing import Any

from spoonfeeder.comfy.checks.problems import Finding, shown
from spoonfeeder.comfy.definitions import Definitions
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.links import as_link
from spoonfeeder.comfy.objects import InputSpec
from spoonfeeder.comfy.wording import clean, name_node

ANY = "*"
MADE_AT_RUN_TIME = "COMFY_"


def fault_of_link(
    graph: Graph, definitions: Definitions, name: str, value: list[Any], spec: InputSpec | None
) -> Finding | None:
    """`spec` is None where the class of the node is not known."""
    short = clean(name, 100)
    link = as_link(value)
    if link is None:
        return Finding("bad_link", _malformed(graph, short, value), value)
    source, slot = link
    if source not in graph:
        message = f"'{short}' is linked to node {shown(source)}, which is not in the workflow."
        return Finding("missing_node", message, value)
    outputs = definitions.outputs(graph[source]["class_type"])
    if outputs is None:
        return None
    if not 0 <= slot < len(outputs):
        message = f"'{short}' is linked to output {slot} of {name_node(graph, source)}, which has {len(outputs)}."
        return Finding("wrong_output", message, value)
    if spec is None or types_fit(outputs[slot], spec):
        return None
    given = "a choice" if isinstance(outputs[slot], list) else shown(outputs[slot])
    message = f"'{short}' needs {shown(spec.type)} but is given {given} by its link to {name_node(graph, source)}."
    return Finding("link_type", message, value)


def _malformed(graph: Graph, name: str, value: list[Any]) -> str:
    if len(value) == 2 and not isinstance(value[0], str) and str(value[0]) in graph:
        return f"The link at '{name}' must name node {shown(value[0])} as text, not as a number."
    return f"The link at '{name}' is malformed; it must name a node and a slot."


def types_fit(given: Any, spec: InputSpec) -> bool:
    """One type in common is enough, as several may stand side by side."""
    if isinstance(given, list):
        return spec.type in ("COMBO", ANY) or spec.type.startswith(MADE_AT_RUN_TIME)
    given_types, wanted_types = _parts(str(given)), _parts(spec.type)
    if any(each == ANY or each.startswith(MADE_AT_RUN_TIME) for each in given_types | wanted_types):
        return True
    return not given_types.isdisjoint(wanted_types)


def _parts(types: str) -> set[str]:
    return {each.strip() for each in types.split(",")}
