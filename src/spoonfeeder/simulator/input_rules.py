"""One input of a node: whether its value or link fits the definition. Values are converted as ComfyUI does."""

from collections.abc import Mapping
from typing import Any

from spoonfeeder.simulator.catalogue import Catalogue, options_of

Finding = dict[str, Any]

LISTED_OPTIONS_LIMIT = 20
_CONVERT = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}
_ANY_TYPES = ("*", "COMFY_MATCHTYPE_V3", "COMFY_AUTOGROW_V3", "COMFY_DYNAMICCOMBO_V3")


def finding(kind: str, message: str, details: str, extra_info: dict[str, Any]) -> Finding:
    return {"type": kind, "message": message, "details": details, "extra_info": extra_info}


def check_link(
    graph: Mapping[str, Any], catalogue: Catalogue, name: str, link: list[Any], config: list[Any]
) -> Finding | None:
    """Raises KeyError for a link to nowhere, IndexError for a slot that is not there."""
    if len(link) != 2:
        message = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
        info = {"input_name": name, "input_config": config, "received_value": link}
        return finding("bad_linked_input", message, name, info)
    received = tuple(catalogue.output_types(graph[link[0]]["class_type"]))[link[1]]
    if types_fit(received, config[0]):
        return None
    info = {"input_name": name, "input_config": config, "received_type": received, "linked_node": link}
    details = f"{name}, received_type({received}) mismatch input_type({config[0]})"
    return finding("return_type_mismatch", "Return type mismatch between linked nodes", details, info)


def types_fit(received: Any, wanted: Any) -> bool:
    if isinstance(received, list) or isinstance(wanted, list):
        return received == wanted or received in ("COMBO", "*")
    if received in _ANY_TYPES or wanted in _ANY_TYPES:
        return True
    return set(str(received).split(",")) <= set(str(wanted).split(","))


def check_value(name: str, value: Any, config: list[Any], *, checks_choice: bool) -> tuple[Any, Finding | None]:
    """The converted value, and what is wrong with it."""
    kind, limits = config[0], config[1] if len(config) > 1 else {}
    if isinstance(value, dict) and "__value__" in value:
        value = value["__value__"]
    if isinstance(kind, str) and kind in _CONVERT:
        try:
            value = _CONVERT[kind](value)
        except (TypeError, ValueError, OverflowError) as error:
            return value, _not_convertible(name, kind, value, config, error)
    found = _out_of_range(name, value, config, limits)
    if found is None and checks_choice:
        found = _not_in_list(name, value, config)
    return value, found


def _not_convertible(name: str, kind: str, value: Any, config: list[Any], error: Exception) -> Finding:
    info = {
        "input_name": name,
        "input_config": config,
        "received_value": value,
        "exception_message": str(error),
    }
    message = f"Failed to convert an input value to a {kind} value"
    return finding("invalid_input_type", message, f"{name}, {value}, {error}", info)


def _out_of_range(name: str, value: Any, config: list[Any], limits: Mapping[str, Any]) -> Finding | None:
    if not isinstance(value, int | float):
        return None
    info = {"input_name": name, "input_config": config, "received_value": value}
    low, high = limits.get("min"), limits.get("max")
    if low is not None and value < low:
        return finding("value_smaller_than_min", f"Value {value} smaller than min of {low}", name, info)
    if high is not None and value > high:
        return finding("value_bigger_than_max", f"Value {value} bigger than max of {high}", name, info)
    return None


def _not_in_list(name: str, value: Any, config: list[Any]) -> Finding | None:
    allowed = options_of(config)
    if allowed is None or value in allowed:
        return None
    is_long = len(allowed) > LISTED_OPTIONS_LIMIT
    told = f"(list of length {len(allowed)})" if is_long else str(allowed)
    info = {"input_name": name, "input_config": None if is_long else config, "received_value": value}
    return finding("value_not_in_list", "Value not in list", f"{name}: '{value}' not in {told}", info)
