"""ComfyUI's WebSocket messages, text and binary, as events. Unknown, malformed and foreign shapes give None."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from spoonfeeder.comfy.events import (
    Cached,
    Closing,
    Left,
    NodeOutput,
    NodeStarted,
    NodeState,
    NodeStates,
    NodeText,
    Preview,
    QueueChanged,
    SocketEvent,
    Started,
    StepProgress,
)
from spoonfeeder.core.http import BrokenReply, parse_json

FEATURE_FLAGS = '{"type":"feature_flags","data":{"supports_preview_metadata":true}}'
MAX_TEXT_BYTES = 8 * 1024 * 1024
MAX_NODES = 10_000
MAX_NODE_TEXT = 4_000
_FRAME_FORMATS = {1: "image/jpeg", 2: "image/png"}

Data = Mapping[str, Any]


def parse_text(message: str) -> SocketEvent | None:
    """One text message; None also for one over 8 MiB."""
    if len(message) > MAX_TEXT_BYTES:
        return None
    try:
        value = parse_json(message.encode("utf-8", "replace"))
    except BrokenReply:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        return None
    read = _READERS.get(str(value.get("type")))
    return read(value["data"]) if read else None


def parse_frame(frame: bytes) -> Preview | NodeText | None:
    """One binary message: preview (event 1), preview with metadata (4) or text (3)."""
    if len(frame) < 8:
        return None
    event, head = int.from_bytes(frame[:4], "big"), int.from_bytes(frame[4:8], "big")
    if event == 1 and head in _FRAME_FORMATS:
        return Preview(None, None, frame[8:], _FRAME_FORMATS[head])
    if event == 4:
        return _preview_with_metadata(frame[8 : 8 + head], frame[8 + head :])
    if event == 3 and 8 + head <= len(frame):
        node, text = frame[8 : 8 + head].decode("utf-8", "replace"), frame[8 + head :].decode("utf-8", "replace")
        return NodeText(None, node, text[:MAX_NODE_TEXT].replace("\x00", ""))
    return None


def _preview_with_metadata(metadata: bytes, image: bytes) -> Preview | None:
    try:
        told = parse_json(metadata)
    except BrokenReply:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("prompt_id"), str):
        return None
    media_type = _text(told, "image_type")
    if media_type not in _FRAME_FORMATS.values():
        return None
    return Preview(told["prompt_id"], _text(told, "node_id") or None, image, media_type)


def _text(data: Data, key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if fits else None


def _status(data: Data) -> SocketEvent | None:
    status = data.get("status")
    info = status.get("exec_info") if isinstance(status, dict) else None
    remaining = info.get("queue_remaining") if isinstance(info, dict) else None
    return QueueChanged(remaining) if isinstance(remaining, int) else None


def _started(data: Data) -> SocketEvent | None:
    at_ms = data.get("timestamp")
    return Started(prompt, at_ms if isinstance(at_ms, int) else None) if (prompt := _text(data, "prompt_id")) else None


def _cached(data: Data) -> SocketEvent | None:
    prompt, nodes = _text(data, "prompt_id"), data.get("nodes")
    if not prompt or not isinstance(nodes, list):
        return None
    return Cached(prompt, tuple(node for node in nodes[:MAX_NODES] if isinstance(node, str)))


def _executing(data: Data) -> SocketEvent | None:
    prompt, node = _text(data, "prompt_id"), data.get("node")
    if not prompt:
        return None
    if isinstance(node, str):
        return NodeStarted(prompt, node, _text(data, "display_node") or node)
    return Left(prompt) if node is None else None


def _progress(data: Data) -> SocketEvent | None:
    prompt, node = _text(data, "prompt_id"), _text(data, "node")
    value, maximum = _number(data.get("value")), _number(data.get("max"))
    if not prompt or not node or value is None or maximum is None:
        return None
    return StepProgress(prompt, node, value, maximum)


def _progress_state(data: Data) -> SocketEvent | None:
    prompt, nodes = _text(data, "prompt_id"), data.get("nodes")
    if not prompt or not isinstance(nodes, dict):
        return None
    states = [_node_state(node, told) for node, told in list(nodes.items())[:MAX_NODES]]
    return NodeStates(prompt, tuple(state for state in states if state))


def _node_state(node: str, told: Any) -> NodeState | None:
    if not isinstance(told, dict):
        return None
    value, maximum = _number(told.get("value")), _number(told.get("max"))
    if value is None or maximum is None:
        return None
    return NodeState(node, value, maximum, told.get("state") == "finished")


def _executed(data: Data) -> SocketEvent | None:
    prompt, node, output = _text(data, "prompt_id"), _text(data, "node"), data.get("output")
    if not prompt or not node or not isinstance(output, dict):
        return None
    return NodeOutput(prompt, node, _text(data, "display_node") or node, output)


def _closing(kind: str) -> Callable[[Data], SocketEvent | None]:
    return lambda data: Closing(prompt, kind, data) if (prompt := _text(data, "prompt_id")) else None


_READERS: dict[str, Callable[[Data], SocketEvent | None]] = {
    "status": _status,
    "execution_start": _started,
    "execution_cached": _cached,
    "executing": _executing,
    "progress": _progress,
    "progress_state": _progress_state,
    "executed": _executed,
    "execution_success": _closing("execution_success"),
    "execution_error": _closing("execution_error"),
    "execution_interrupted": _closing("execution_interrupted"),
}
