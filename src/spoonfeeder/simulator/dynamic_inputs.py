"""Inputs that depend on what a node has: those of a chosen option, and those that grow in number."""

from collections.abc import Mapping
from typing import Any

CHOICE, GROWING = "COMFY_DYNAMICCOMBO_V3", "COMFY_AUTOGROW_V3"
Sections = dict[str, dict[str, list[Any]]]


def expanded(told: Mapping[str, Any], values: Mapping[str, Any]) -> Sections:
    """The definitions for these values, by section and full name: `mode.strength` where `mode` is "manual"."""
    found: Sections = {"required": {}, "optional": {}}
    _expand(found, told, values, "")
    return found


def _expand(found: Sections, told: Mapping[str, Any], values: Mapping[str, Any], prefix: str) -> None:
    for section in found:
        for name, config in told.get(section, {}).items():
            full = prefix + name
            if config[0] == CHOICE:
                _add_choice(found, section, full, config, values)
            elif config[0] == GROWING:
                _add_grown(found, full, config[1]["template"])
            else:
                found[section][full] = config


def _add_choice(found: Sections, section: str, name: str, config: list[Any], values: Mapping[str, Any]) -> None:
    """An option that is not there, or none at all, is no fault before the node runs."""
    chosen = next((option for option in config[1]["options"] if option["key"] == values.get(name)), None)
    if chosen is not None:
        _expand(found, chosen["inputs"], values, f"{name}.")
        found[section][name] = config


def _add_grown(found: Sections, name: str, template: Mapping[str, Any]) -> None:
    names = template.get("names") or [f"{template['prefix']}{place}" for place in range(template["max"])]
    [(section, inputs)] = [(section, inputs) for section, inputs in template["input"].items() if inputs]
    [config] = inputs.values()
    for place, inner in enumerate(names):
        needed = section == "required" and place < template["min"]
        found["required" if needed else "optional"][f"{name}.{inner}"] = config
