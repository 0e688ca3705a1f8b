"""How an input is shown that the table of fields does not know: as ComfyUI defines it, else as its value looks."""

import math
from typing import Any

from spoonfeeder.comfy.fields import Field, Kind
from spoonfeeder.comfy.model_names import EXTENSIONS
from spoonfeeder.comfy.objects import InputSpec
from spoonfeeder.comfy.seeds import SAFE_SEED

GROUP = "other"
FILES: dict[str, Kind] = {"image": "image", "audio": "audio", "video": "video", "file": "file"}


def field_as_told(name: str, spec: InputSpec) -> Field | None:
    """For an input that ComfyUI tells choices or a kind of file of."""
    if spec.upload:
        return Field(label_of(name, spec), "string", FILES[spec.upload], "input")
    if spec.choices or spec.type == "COMBO":
        return Field(label_of(name, spec), "select", "model" if are_models(spec) else "choice", GROUP)
    return None


def field_of_value(name: str, spec: InputSpec | None, value: str | float | bool) -> Field:
    """For any other literal. A definition that the value does not fit says nothing."""
    label = label_of(name, spec)
    if isinstance(value, bool):
        return Field(label, "select", "boolean", GROUP)
    if isinstance(value, str):
        lines = (spec is not None and spec.multiline) or "\n" in value
        return Field(label, "string", "multiline" if lines else "text", GROUP)
    if spec and spec.options.get("control_after_generate") and isinstance(value, int):
        return Field(label, "seed", "seed", GROUP, None, max(0, _limit(spec.minimum) or 0), SAFE_SEED, 1)
    whole = spec.type != "FLOAT" if spec else isinstance(value, int)
    return _number(label, spec, whole=whole and isinstance(value, int))


def label_of(name: str, spec: InputSpec | None) -> str:
    told = spec.options.get("display_name") if spec else None
    return told if isinstance(told, str) and told else name.replace("_", " ").capitalize()


def _number(label: str, spec: InputSpec | None, *, whole: bool) -> Field:
    low, high = (_limit(spec.minimum), _limit(spec.maximum)) if spec else (None, None)
    step = (spec and _limit(spec.step)) or (1 if whole else 0.01)
    return Field(label, "number", "integer" if whole else "float", GROUP, None, low, high, step)


def _limit(number: float | None) -> float | None:
    """As JavaScript can hold it."""
    if number is None or not math.isfinite(number):
        return None
    return max(-SAFE_SEED, min(SAFE_SEED, number))


def are_models(spec: InputSpec) -> bool:
    return any(isinstance(choice, str) and choice.lower().endswith(EXTENSIONS) for choice in spec.choices)


def choices_in(spec: InputSpec) -> list[Any]:
    """A dynamic combo's choices are objects with a key."""
    return [choice.get("key") if isinstance(choice, dict) else choice for choice in spec.choices]
