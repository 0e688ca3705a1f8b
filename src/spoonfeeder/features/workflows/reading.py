"""What is kept of an imported graph: its text, its fingerprint, and the parameters a person may set."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import UploadFile

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.graph import Graph, GraphError, parse
from spoonfeeder.comfy.loras import loras_of
from spoonfeeder.comfy.parameters import extract
from spoonfeeder.comfy.prompts import text_at
from spoonfeeder.comfy.trace import Place


@dataclass(frozen=True, slots=True)
class ReadWorkflow:
    """`text` is what was sent, to the letter where it was JSON text and nothing stood around the graph."""

    graph: Graph
    text: str
    sha256: str
    extracted: list[Any]


def read_workflow(source: Any, object_info: dict[str, Any] | None) -> ReadWorkflow:
    """CPU work for a large graph: call it in a thread. Raises GraphError."""
    graph = parse(source)
    bare = isinstance(source, str) and orjson.loads(source).keys() == graph.keys()
    canonical = orjson.dumps(graph, option=orjson.OPT_SORT_KEYS)
    return ReadWorkflow(
        graph=graph,
        text=source if bare else orjson.dumps(graph).decode(),
        sha256=hashlib.sha256(canonical).hexdigest(),
        extracted=list(extract(graph, object_info)),
    )


def describe(text: str, object_info: dict[str, Any] | None, stored: list[Any]) -> dict[str, Any]:
    """What WorkflowOut tells of a stored graph; without `object_info` its parameters are those of the import.

    CPU work for a large graph: call it in a thread.
    """
    graph = parse(text)
    anatomy = Anatomy.of(graph, object_info)
    names = anatomy.standard_names()
    parameters: list[Any]
    if object_info is None:
        parameters = [{**item, "standard": names.get(Place(item["nodeId"], item["field"]))} for item in stored]
    else:
        parameters = list(extract(graph, object_info, anatomy))
    return {
        "extracted_parameters": parameters,
        "prompt_text": text_at(graph, anatomy.prompts.positive),
        "negative_prompt": text_at(graph, anatomy.prompts.negative),
        "loras": [lora.as_dict() for lora in loras_of(graph, anatomy.chain)],
        "takes_loras": anatomy.chain.model is not None,
    }


async def text_of(file: UploadFile) -> str:
    """Raises GraphError where the file is no text."""
    try:
        return (await file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise GraphError("This file is no JSON text; export the workflow as a file in API format.") from None
