"""ComfyUI's validation errors (PROTOCOL.md 3) as sentences and details for a person."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from spoonfeeder.comfy.errors import Refused
from spoonfeeder.comfy.wording import Graph, clean, first_line, name_node

Told = Mapping[str, Any]

MAX_DETAILS = 100
MAX_CHOICES = 20

MODEL_INPUTS = {
    "ckpt_name": "checkpoint",
    "config_name": "model config",
    "lora_name": "LoRA",
    "vae_name": "VAE",
    "unet_name": "diffusion model",
    "clip_name": "text encoder",
    "clip_name1": "text encoder",
    "clip_name2": "text encoder",
    "clip_name3": "text encoder",
    "clip_name4": "text encoder",
    "control_net_name": "ControlNet",
    "style_model_name": "style model",
    "gligen_name": "GLIGEN model",
    "hypernetwork_name": "hypernetwork",
    "audio_encoder_name": "audio encoder",
    "model_name": "model",
    "image": "image",
    "audio": "audio file",
    "video": "video file",
    "file": "file",
}

WHOLE_GRAPH = {
    "no_prompt": "There is no workflow in what was sent.",
    "prompt_no_outputs": "The workflow has no node that saves or shows anything.",
    "prompt_outputs_failed_validation": "It named no node; often the links form a circle.",
    "invalid_prompt_id": "This ComfyUI did not take the id of the run.",
}


def refusal(body: Any, graph: Graph) -> Refused:
    """The error of a 400. The sentence names the first fault and counts the rest."""
    body = _dict(body)
    details = node_faults(body.get("node_errors"), graph)
    if not details:
        details = [_whole_graph_fault(_dict(body.get("error")), graph)]
    sentence = f"ComfyUI refused the workflow: {_lead(details[0])}"
    if len(details) > 1:
        sentence += f" There {'is 1 more fault' if len(details) == 2 else f'are {len(details) - 1} more faults'}."
    return Refused(sentence, details=details)


def node_faults(node_errors: Any, graph: Graph) -> list[dict[str, Any]]:
    """One detail per node and input: node_id, title, class_type, input, type, message, and what ComfyUI told of it."""
    faults = [
        _fault(graph, node_id, _dict(told), _dict(error))
        for node_id, told in _dict(node_errors).items()
        for error in _list(_dict(told).get("errors"))
    ]
    return faults[:MAX_DETAILS]


def _lead(detail: Mapping[str, Any]) -> str:
    message = str(detail["message"])
    if detail.get("node_id") is None:
        return message
    name = detail.get("title") or detail.get("class_type") or "node"
    return f"{name} (node {detail['node_id']}): {message}"


def _fault(graph: Graph, node_id: str, told: Told, error: Told) -> dict[str, Any]:
    extra = _dict(error.get("extra_info"))
    class_type = told.get("class_type")
    name = name_node(graph, node_id, class_type if isinstance(class_type, str) else None)
    kind = _text(error, "type")
    explain = _EXPLAIN.get(kind, _as_told)
    fault = {
        **name.details(),
        "input": clean(_text(extra, "input_name"), 100) or None,
        "type": clean(kind, 100),
        "message": explain(_Fault(graph, node_id, error, extra)),
    }
    if "received_value" in extra:
        fault["received"] = _short(extra["received_value"])
    if kind == "value_not_in_list" and (choices := _choices(extra)):
        fault["choices"] = choices
    return fault


class _Fault:
    """One error of one node with what its explanation needs at hand."""

    def __init__(self, graph: Graph, node_id: str, error: Told, extra: Told) -> None:
        self.graph, self.node_id, self.error, self.extra = graph, node_id, error, extra
        self.input = clean(_text(extra, "input_name"), 100)
        self.received = _short(extra.get("received_value"))
        self.details = first_line(_text(error, "details"))

    def limit(self, name: str) -> str:
        config = self.extra.get("input_config")
        limits = config[1] if isinstance(config, list) and len(config) > 1 else None
        return _short(_dict(limits).get(name))


def _not_in_list(fault: _Fault) -> str:
    model = MODEL_INPUTS.get(fault.input)
    if model:
        return f"The {model} '{fault.received}' is not on this ComfyUI."
    choices = _choices(fault.extra)
    known = f" It knows {', '.join(choices)}." if choices and len(choices) <= 5 else ""
    return f"'{fault.received}' is not one of the choices of '{fault.input}'.{known}"


def _missing(fault: _Fault) -> str:
    return f"The input '{fault.input}' is missing."


def _too_small(fault: _Fault) -> str:
    return f"'{fault.input}' is {fault.received}; the least allowed is {fault.limit('min')}."


def _too_big(fault: _Fault) -> str:
    return f"'{fault.input}' is {fault.received}; the most allowed is {fault.limit('max')}."


def _wrong_kind(fault: _Fault) -> str:
    config = fault.extra.get("input_config")
    kind = _KINDS.get(str(config[0]), "of another kind") if isinstance(config, list) and config else "of another kind"
    return f"'{fault.input}' must be {kind}, not '{fault.received}'."


def _wrong_link(fault: _Fault) -> str:
    found = re.search(r"received_type\((.+?)\) mismatch input_type\((.+?)\)", fault.details)
    linked = fault.extra.get("linked_node")
    source = name_node(fault.graph, str(linked[0])) if isinstance(linked, list) and linked else None
    behind = f" by its link to {source}" if source else ""
    if not found:
        return f"'{fault.input}' is given the wrong kind of thing{behind}."
    return f"'{fault.input}' needs {found[2]} but is given {found[1]}{behind}."


def _bad_link(fault: _Fault) -> str:
    return f"The link at '{fault.input}' is malformed; it must name a node and a slot."


def _custom(fault: _Fault) -> str:
    found = re.search(r"Invalid (image|audio|video|mask|model|) ?file: (.*)", fault.details)
    if found:
        return f"The {found[1] or 'file'} '{found[2]}' is not on this ComfyUI."
    return f"{fault.details or 'The node does not accept its inputs'}".rstrip(".") + "."


def _inner(fault: _Fault) -> str:
    node = fault.graph.get(fault.node_id, {})
    for name, value in _dict(node.get("inputs")).items():
        if not isinstance(value, list) or len(value) != 2:
            continue
        if str(value[0]) not in fault.graph:
            return f"'{clean(name, 100)}' is linked to node {_short(value[0])}, which is not in the workflow."
        if not isinstance(value[0], str):
            return f"The link at '{clean(name, 100)}' must name node {_short(value[0])} as text, not as a number."
    if fault.extra.get("exception_type") == "IndexError":
        return "One of its links names an output that the other node does not have."
    return f"ComfyUI stumbled over its inputs ({fault.details})."


def _cycle(fault: _Fault) -> str:
    return f"The links form a circle: {fault.details}."


def _as_told(fault: _Fault) -> str:
    message = first_line(_text(fault.error, "message")) or "ComfyUI gave no reason"
    return f"{message}: {fault.details}." if fault.details else f"{message.rstrip('.')}."


_KINDS = {"INT": "a whole number", "FLOAT": "a number", "BOOLEAN": "true or false", "STRING": "text"}
_EXPLAIN: dict[str, Callable[[_Fault], str]] = {
    "value_not_in_list": _not_in_list,
    "required_input_missing": _missing,
    "value_smaller_than_min": _too_small,
    "value_bigger_than_max": _too_big,
    "invalid_input_type": _wrong_kind,
    "return_type_mismatch": _wrong_link,
    "bad_linked_input": _bad_link,
    "custom_validation_failed": _custom,
    "exception_during_inner_validation": _inner,
    "exception_during_validation": _inner,
    "dependency_cycle": _cycle,
}


def _whole_graph_fault(error: Told, graph: Graph) -> dict[str, Any]:
    kind, extra = _text(error, "type"), _dict(error.get("extra_info"))
    named = re.search(r"#(\S+)'", _text(error, "details"))
    node_id = _text(extra, "node_id") or (named[1] if named else None)
    unknown = re.search(r"because node (.+) does not exist", _text(error, "message"))
    class_type = _text(extra, "class_type") or (unknown[1] if unknown else "")
    known = WHOLE_GRAPH.get(kind)
    if class_type:
        message = f"The node type '{clean(class_type, 100)}' is not installed on this ComfyUI."
    elif known:
        message = known
    else:
        message = f"{first_line(_text(error, 'message')) or 'it gave no reason'}".rstrip(".") + "."
    fault = name_node(graph, node_id, class_type).details() if node_id else {"node_id": None}
    return {**fault, "input": None, "type": clean(kind, 100), "message": message}


def _choices(extra: Told) -> list[str]:
    config = extra.get("input_config")
    if not isinstance(config, list) or not config:
        return []
    listed = config[0] if isinstance(config[0], list) else _dict(config[1] if len(config) > 1 else None).get("options")
    return [_short(choice) for choice in listed[:MAX_CHOICES]] if isinstance(listed, list) else []


def _short(value: Any) -> str:
    return clean(str(value), 200)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(told: Told, key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""
