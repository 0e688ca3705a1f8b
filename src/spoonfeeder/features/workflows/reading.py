"""What is kept of an imported graph: its text, its fingerprint, and the parameters a person may set."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import UploadFile

from spoonfeeder.comfy.graph import Graph, GraphError, parse
from spoonfeeder.comfy.parameters import extract


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


async def text_of(file: UploadFile) -> str:
    """Raises GraphError where the file is no text."""
    try:
        return (await file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise GraphError("This file is no JSON text; export the workflow as a file in API format.") from None
