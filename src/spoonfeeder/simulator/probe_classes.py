"""Definitions of the Probe… nodes: measuring nodes for tests, never part of a demo server."""

from typing import Any

_NONCE: list[Any] = ["INT", {"default": 0, "min": 0, "max": 2**53}]


def _define(
    name: str,
    required: dict[str, list[Any]],
    optional: dict[str, list[Any]] | None = None,
    output: tuple[str, ...] = (),
    *,
    output_node: bool = True,
) -> dict[str, Any]:
    inputs: dict[str, Any] = {"required": {**required, "nonce": _NONCE}}
    if optional:
        inputs["optional"] = optional
    return {
        "input": inputs,
        "input_order": {section: list(names) for section, names in inputs.items()},
        "is_input_list": False,
        "output": list(output),
        "output_is_list": [False] * len(output),
        "output_name": list(output),
        "name": name,
        "display_name": name,
        "description": "",
        "python_module": "custom_nodes.probe_nodes",
        "category": "probe",
        "output_node": output_node,
    }


_SECONDS: list[Any] = ["FLOAT", {"default": 1.0, "min": 0.0, "max": 3600.0}]
_DEFINITIONS = (
    _define(
        "ProbeSleep",
        {"seconds": _SECONDS, "interruptible": ["BOOLEAN", {"default": True}]},
        {"after": ["*", {}]},
        ("*",),
    ),
    _define(
        "ProbeProgress",
        {
            "n": ["INT", {"default": 20, "min": 1, "max": 1_000_000}],
            "interval_ms": ["FLOAT", {"default": 20.0, "min": 0.0, "max": 60000.0}],
            "busy": ["BOOLEAN", {"default": False}],
        },
    ),
    _define(
        "ProbeRaise",
        {"kind": [["value_error", "oom", "unicode", "nan_ui"], {}]},
        {"image": ["IMAGE", {}]},
        ("IMAGE",),
    ),
    _define("ProbeText", {"text": ["STRING", {"default": ""}]}),
    _define(
        "ProbeExpand", {"count": ["INT", {"default": 2, "min": 1, "max": 100}]}, None, ("IMAGE",), output_node=False
    ),
)
PROBE_CLASSES: dict[str, Any] = {definition["name"]: definition for definition in _DEFINITIONS}
