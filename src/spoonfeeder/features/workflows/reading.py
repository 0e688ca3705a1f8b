"""What is kept of an imported graph: its text, its fingerprint, and the parameters a person may set."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import orjson

from spoonfeeder.comfy.builtin import core_nodes
from spoonfeeder.comfy.conversion.convert import convert
from spoonfeeder.comfy.conversion.warnings import ConversionWarning
from spoonfeeder.comfy.graph import MAX_NAME_LENGTH, Graph, GraphError, parse, require_sound
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.comfy.parameters import extract
from spoonfeeder.comfy.probe import own_prefixes, with_usual_prefixes
from spoonfeeder.features.workflows.describing import widgets_of
from spoonfeeder.features.workflows.documents import Document, of_json

MOST_WARNINGS = 1_000
MOST_LETTERS = 200
NOT_INSTALLED = "The server does not know this node. Install what brings it, or take it out."
AS_IT_RAN = "No ComfyUI has answered yet, so the graph is the one that ran when this file was made."
BY_HEART = "No ComfyUI has answered yet, so the nodes were read as ComfyUI's own usually are."
MOST_NAMED = 10


class ComfyUINeeded(GraphError):
    """Only ComfyUI can tell how to read its editor's format: start yours and try again, or use its Export (API)."""

    code = "WORKFLOW_NEEDS_COMFYUI"

    @classmethod
    def of(cls, unknown: Iterable[str]) -> "ComfyUINeeded":
        names = ", ".join(name[:MAX_NAME_LENGTH] for name in islice(dict.fromkeys(unknown), MOST_NAMED))
        return cls(
            f"Only your ComfyUI can tell how to read these nodes: {names}. Start it, add its profile if there is none, "
            "and try again; or choose Workflow > Export (API) in ComfyUI and import that file."
        )


@dataclass(frozen=True, slots=True)
class ReadWorkflow:
    """`text` and `original` are what was sent, to the letter where it was JSON text and nothing stood around it.

    Only the prefix that a file of ours has inside is not kept.
    `original` is the editor's graph that `graph` was converted from.
    """

    graph: Graph
    text: str
    sha256: str
    extracted: list[Any]
    kind: str
    original: str | None
    warnings: list[dict[str, Any]]

    def columns(self) -> dict[str, Any]:
        return {
            "workflow_json": self.text,
            "original": self.original,
            "source_kind": self.kind,
            "content_sha256": self.sha256,
            "extracted_parameters": self.extracted,
            "warnings": self.warnings,
        }


def read_workflow(source: Document | dict[str, Any] | str, object_info: ObjectInfo | None) -> ReadWorkflow:
    """CPU work for a large graph: call it in a thread. Raises GraphError, ComfyUINeeded."""
    document = source if isinstance(source, Document) else of_json(source)
    object_info = object_info or None
    original = None
    if document.workflow is None:
        graph = parse(document.source)
        warnings: Iterable[ConversionWarning] = unknown_nodes(graph, object_info)
    else:
        require_sound(document.workflow)
        graph, warnings = _converted(document, document.workflow, object_info)
        original = document.text or orjson.dumps(document.workflow).decode()
    graph = with_usual_prefixes(graph)
    return ReadWorkflow(
        graph=graph,
        text=_text(document, graph),
        sha256=fingerprint(graph),
        extracted=list(extract(graph, object_info, None, widgets_of(document.workflow, object_info))),
        kind=document.kind,
        original=original,
        warnings=_shortened(warnings),
    )


def fingerprint(graph: Graph) -> str:
    return hashlib.sha256(orjson.dumps(graph, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _text(document: Document, graph: Graph) -> str:
    source = document.source
    if document.workflow is None and isinstance(source, str):
        sent = orjson.loads(source)
        if sent.keys() == graph.keys() and own_prefixes(sent) == own_prefixes(graph):
            return source
    return orjson.dumps(graph).decode()


def _converted(
    document: Document, workflow: dict[str, Any], object_info: ObjectInfo | None
) -> tuple[Graph, Iterable[ConversionWarning]]:
    """What ran is better than a conversion without knowledge of the nodes."""
    converted = convert(workflow, object_info or core_nodes())
    if not converted.graph:
        raise GraphError("There is nothing to run in this workflow: it has no nodes, or all are notes or muted.")
    unknown = [warning.class_type for warning in unknown_nodes(converted.graph, object_info or core_nodes())]
    if document.prompt is not None and (unknown or object_info is None):
        graph = parse(document.prompt)
        return graph, [*_not_asked(object_info, AS_IT_RAN), *unknown_nodes(graph, object_info)]
    if unknown and object_info is None:
        raise ComfyUINeeded.of(unknown)
    return converted.graph, [*_not_asked(object_info, BY_HEART), *converted.warnings]


def _not_asked(object_info: ObjectInfo | None, message: str) -> list[ConversionWarning]:
    return [ConversionWarning("", "", message)] if object_info is None else []


def unknown_nodes(graph: Graph, object_info: ObjectInfo | None) -> Iterator[ConversionWarning]:
    for node_id, node in graph.items() if object_info else ():
        if object_info and node["class_type"] not in object_info:
            yield ConversionWarning(node_id, node["class_type"], NOT_INSTALLED)


def _shortened(warnings: Iterable[ConversionWarning]) -> list[dict[str, Any]]:
    return [
        {name: text[:MOST_LETTERS] or None for name, text in asdict(warning).items()}
        for warning in islice(warnings, MOST_WARNINGS)
    ]
