"""A workflow as ComfyUI runs it: the API-format graph, read from whatever people paste."""

from typing import Any

import orjson

from spoonfeeder.core.errors import AppError
from spoonfeeder.core.json_loading import TooManyContainers, load_json

Node = dict[str, Any]
Graph = dict[str, Node]

MAX_NODES = 20_000
MAX_VALUES = 500_000
MAX_DEPTH = 64
NUMBER_LIMIT = 2**64
MAX_NAME_LENGTH = 80
WRAPPERS = ("prompt", "output", "workflow_json", "workflow")
NODE_PARTS = frozenset({"class_type", "inputs"})
NO_WORKFLOW = (
    "This JSON is no ComfyUI workflow, which is an object with its nodes. Take the file that ComfyUI saves, with "
    "Workflow > Export or Export (API)."
)


class GraphError(AppError):
    """This is not a workflow in ComfyUI's API format."""

    status = 422
    code = "WORKFLOW_FORMAT"


def parse(source: Any) -> Graph:
    """The graph in an object or JSON text; `source` itself is never changed.

    A graph inside `{"prompt": …}`, as in request bodies and in the metadata of pictures, is taken out.
    Raises GraphError with a sentence that says what is wrong and, for the editor's format, what to do.
    """
    document = _load(source) if isinstance(source, str | bytes) else source
    require_sound(document)
    graph = _unwrap(document)
    if not graph:
        raise GraphError("The workflow is empty: it has no nodes.")
    if not any(isinstance(node, dict) and NODE_PARTS & node.keys() for node in graph.values()):
        raise GraphError(NO_WORKFLOW)
    if len(graph) > MAX_NODES:
        raise GraphError(f"The workflow has more than {MAX_NODES} nodes.")
    for node_id, node in graph.items():
        _require_node(node_id, node)
    return graph


def title_of(node: Node) -> str | None:
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else None
    return title if isinstance(title, str) and title.strip() else None


def _load(text: str | bytes) -> Any:
    if not text.strip():
        raise GraphError("The workflow is empty.")
    try:
        return load_json(text)
    except TooManyContainers as error:
        raise GraphError(error.message) from None
    except orjson.JSONDecodeError as error:
        raise GraphError(f"The workflow is not valid JSON: {error.msg} (line {error.lineno}).") from None


def require_sound(document: Any) -> None:
    """What could not be stored and given back exactly is refused (RELIABILITY R29)."""
    level, seen = [document], 0
    for _ in range(MAX_DEPTH + 1):
        seen += len(level)
        if seen > MAX_VALUES:
            raise GraphError(f"The workflow holds more than {MAX_VALUES} values.")
        deeper: list[Any] = []
        for value in level:
            kind = type(value)
            if kind is dict:
                deeper += value.values()
                deeper += value.keys()
            elif kind is list:
                deeper += value
            else:
                _require_storable(value)
        if not deeper:
            return
        level = deeper
    raise GraphError(f"The workflow is nested more than {MAX_DEPTH} levels deep.")


def _require_storable(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise GraphError("The workflow holds the character U+0000, which cannot be stored.")
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise GraphError("The workflow holds half of a character pair (a lone surrogate).")
    elif isinstance(value, int | float):
        if not -NUMBER_LIMIT < value < NUMBER_LIMIT:
            raise GraphError("A number in the workflow is NaN, infinite, or not smaller than 2^64.")
    elif value is not None:
        raise GraphError("The workflow holds something that is no JSON.")


def _unwrap(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise GraphError(NO_WORKFLOW)
    if _is_editor_format(document):
        raise _editor_format()
    for key in WRAPPERS:
        inner = document.get(key)
        if isinstance(inner, str) and inner.lstrip().startswith("{"):
            inner = _load(inner)
            require_sound(inner)
        if isinstance(inner, dict) and "class_type" not in inner:
            if _is_editor_format(inner):
                raise _editor_format()
            return inner
    return document


def _is_editor_format(document: dict[str, Any]) -> bool:
    return isinstance(document.get("nodes"), list)


def _editor_format() -> GraphError:
    return GraphError(
        "This is the editor's own format of ComfyUI. Import it as a workflow, which converts it; or choose "
        "Workflow > Export (API) in ComfyUI, in older versions 'Save (API Format)', and take that file."
    )


def _require_node(node_id: str, node: Any) -> None:
    name = f"Node {node_id[:MAX_NAME_LENGTH]!r}"
    if not isinstance(node, dict):
        raise GraphError(f"{name} is not an object with class_type and inputs.")
    class_type = node.get("class_type")
    if not isinstance(class_type, str) or not class_type:
        raise GraphError(f"{name} has no class_type.")
    if not isinstance(node.get("inputs"), dict):
        raise GraphError(f"{name} ({class_type[:MAX_NAME_LENGTH]}) has no inputs object.")
