"""Reading ComfyUI's history entry: how a run ended, why, and when (PROTOCOL.md 4)."""

import re
from collections.abc import Mapping
from typing import Any

from spoonfeeder.comfy.errors import INTERRUPTED, NODE_FAILED, OUT_OF_MEMORY, Failure
from spoonfeeder.comfy.events import Failed, Interrupted, Succeeded
from spoonfeeder.comfy.wording import Graph, NodeName, clean, first_line, name_node, without_paths

Entry = Mapping[str, Any]

ENDS = ("execution_success", "execution_error", "execution_interrupted")
_MEMORY = re.compile(r"out of memory|can't allocate memory|allocation on device|not enough memory", re.IGNORECASE)
_DAMAGED = re.compile(r"safetensor|unpickling|corrupt|invalid header|unexpected end|zip archive", re.IGNORECASE)
_FILE_NAME = re.compile(r"[^/\\]{1,200}\.(safetensors|sft|ckpt|pt|pth|bin|gguf|onnx)$", re.IGNORECASE)


def read_end(prompt_id: str, entry: Entry, graph: Graph, *, missed_events: bool) -> Succeeded | Failed | Interrupted:
    """How the run ended. Interrupted shares `status_str` "error" with failures: the last message tells."""
    kind, data = _last_message(entry)
    status = _dict(entry.get("status"))
    if kind == "execution_interrupted":
        return Interrupted(prompt_id, entry, _interruption(data, graph))
    if kind == "execution_error":
        return Failed(prompt_id, entry, node_failure(data, graph))
    if kind == "execution_success" or status.get("completed") is True or status.get("status_str") == "success":
        return Succeeded(prompt_id, entry, missed_events)
    if not status and entry.get("outputs"):
        return Succeeded(prompt_id, entry, missed_events)
    return Failed(prompt_id, entry, Failure(NODE_FAILED, "The run ended in ComfyUI without a result or a reason."))


def node_failure(data: Mapping[str, Any], graph: Graph) -> Failure:
    """An execution_error as ComfyUI tells it, without traceback, tensors or server paths."""
    name = name_node(graph, _text(data, "node_id"), _text(data, "node_type"))
    kind, told = _text(data, "exception_type"), _text(data, "exception_message")
    detail = {
        **name.details(),
        "exception_type": clean(kind, 200),
        "message": clean(without_paths(told), 2_000),
    }
    if kind.endswith("OutOfMemoryError") or _MEMORY.search(told[:10_000]):
        sentence = (
            f"ComfyUI ran out of memory at {name}. "
            "Use a smaller size, batch or model, or free memory there, and run it again."
        )
        return Failure(OUT_OF_MEMORY, sentence, (detail,))
    if damaged := _damaged_file(kind, told, graph, name):
        return Failure(NODE_FAILED, damaged, (detail,))
    reason = first_line(told) or clean(kind.rpartition(".")[2], 100) or "no reason given"
    return Failure(NODE_FAILED, f"ComfyUI failed at {name}: {reason}", (detail,))


def run_times_ms(entry: Entry) -> tuple[int | None, int | None]:
    """Start and end of the execution by ComfyUI's clock, milliseconds; None where it does not say."""
    start = end = None
    for kind, data in _messages(entry):
        at = data.get("timestamp")
        if isinstance(at, int) and kind == "execution_start":
            start = at
        elif isinstance(at, int) and kind in ENDS:
            end = at
    return start, end


def cached_nodes(entry: Entry) -> int:
    """How many nodes were not run, since their results were still there."""
    told = next((data for kind, data in _messages(entry) if kind == "execution_cached"), {}).get("nodes")
    return len(told) if isinstance(told, list) else 0


def _damaged_file(kind: str, told: str, graph: Graph, name: NodeName) -> str | None:
    if not _DAMAGED.search(f"{kind} {told[:10_000]}"):
        return None
    inputs = _dict(_dict(graph.get(name.id)).get("inputs"))
    files = [value for value in inputs.values() if isinstance(value, str) and _FILE_NAME.search(value)]
    if not files:
        return None
    return (
        f"ComfyUI could not read the file '{clean(files[0], 200)}' at {name}; it is damaged or not complete. "
        f"Download it again. ({first_line(told, 150)})"
    )


def _interruption(data: Mapping[str, Any], graph: Graph) -> Failure:
    node = _text(data, "node_id")
    name = name_node(graph, node, _text(data, "node_type")) if node else None
    where = f" while {name} was at work" if name else ""
    return Failure(INTERRUPTED, f"The run was interrupted in ComfyUI{where}.", (name.details(),) if name else ())


def _messages(entry: Entry) -> list[tuple[str, Mapping[str, Any]]]:
    messages = _dict(entry.get("status")).get("messages")
    pairs = messages if isinstance(messages, list) else []
    return [
        (pair[0], pair[1])
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], dict)
    ]


def _last_message(entry: Entry) -> tuple[str, Mapping[str, Any]]:
    ends = [message for message in _messages(entry) if message[0] in ENDS]
    return ends[-1] if ends else ("", {})


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""
