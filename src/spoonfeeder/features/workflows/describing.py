"""What is told of a stored graph: its parameters, its texts and its LoRAs."""

from collections.abc import Mapping
from typing import Any

import orjson

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.builtin import core_nodes
from spoonfeeder.comfy.conversion.widgets import promoted_widgets
from spoonfeeder.comfy.graph import Graph, GraphError, parse
from spoonfeeder.comfy.loras import loras_of
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.comfy.parameters import extract, unknown_classes
from spoonfeeder.comfy.prompts import text_at
from spoonfeeder.comfy.top import PromotedWidget
from spoonfeeder.comfy.trace import Place


def describe(text: str, original: str | None, object_info: ObjectInfo | None, stored: list[Any]) -> dict[str, Any]:
    """What WorkflowOut tells of a stored graph; without `object_info` its parameters are those of the import.

    `original` is the editor's graph. CPU work for a large graph: call it in a thread.
    """
    graph = parse(text)
    anatomy = Anatomy.of(graph, object_info)
    return {
        "extracted_parameters": _parameters(graph, original, object_info, anatomy, stored),
        "unknown_classes": unknown_classes(graph, object_info),
        "prompt_text": text_at(graph, anatomy.prompts.positive),
        "negative_prompt": text_at(graph, anatomy.prompts.negative),
        "loras": [lora.as_dict() for lora in loras_of(graph, anatomy.chain)],
        "takes_loras": anatomy.chain.model is not None,
    }


def _parameters(
    graph: Graph, original: str | None, object_info: ObjectInfo | None, anatomy: Anatomy, stored: list[Any]
) -> list[Any]:
    if object_info is None:
        names = anatomy.standard_names()
        return [{**item, "standard": names.get(Place(item["nodeId"], item["field"]))} for item in stored]
    workflow = orjson.loads(original) if original else None
    return list(extract(graph, object_info, anatomy, widgets_of(workflow, object_info)))


def widgets_of(workflow: Mapping[str, Any] | None, object_info: ObjectInfo | None) -> list[PromotedWidget]:
    """What the author of an editor's graph shows on its subgraphs; empty for a graph without."""
    if workflow is None or not workflow.get("definitions"):
        return []
    try:
        return promoted_widgets(workflow, object_info or core_nodes())
    except GraphError:
        return []
