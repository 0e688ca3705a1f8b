"""Whether a value may be set: type and range, by standard name, by ComfyUI's own word, or by what stood there.

All raise ValueError with the end of a sentence that begins with the parameter's name.
"""

import math
from dataclasses import dataclass
from typing import Any

from spoonfeeder.comfy.links import looks_linked
from spoonfeeder.comfy.objects import InputSpec

MAX_NAME_LENGTH = 255
MAX_TEXT_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class Limit:
    minimum: float
    maximum: float
    whole: bool = True

    def check(self, value: Any) -> int | float:
        number = whole(value) if self.whole else real(value)
        return in_range(number, self.minimum, self.maximum)


# The ranges of ComfyUI's own nodes.
LIMITS: dict[str, Limit] = {
    "width": Limit(1, 16384),
    "height": Limit(1, 16384),
    "length": Limit(1, 16384),
    "batch_size": Limit(1, 4096),
    "steps": Limit(1, 10000),
    "cfg_scale": Limit(0, 100, whole=False),
    "guidance": Limit(0, 100, whole=False),
    "denoise": Limit(0, 1, whole=False),
    "fps": Limit(0.01, 1000, whole=False),
}
STRENGTH = Limit(-100, 100, whole=False)


def whole(value: Any) -> int:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")
    return value


def real(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("must be a number")
    return value


def in_range(value: int | float, minimum: float | None, maximum: float | None) -> int | float:
    low, high = minimum is not None and value < minimum, maximum is not None and value > maximum
    if minimum is not None and maximum is not None and (low or high):
        raise ValueError(f"must be between {plain_number(minimum)} and {plain_number(maximum)}")
    if low and minimum is not None:
        raise ValueError(f"must be at least {plain_number(minimum)}")
    if high and maximum is not None:
        raise ValueError(f"must be at most {plain_number(maximum)}")
    return value


def file_name(value: Any) -> str:
    """A name of a model, sampler or file."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    if len(value) > MAX_NAME_LENGTH:
        raise ValueError(f"must have at most {MAX_NAME_LENGTH} characters")
    return value


def by_spec(value: Any, spec: InputSpec) -> Any:
    """As ComfyUI's definition of the input says."""
    if spec.type == "INT":
        return in_range(whole(value), spec.minimum, spec.maximum)
    if spec.type == "FLOAT":
        return in_range(real(value), spec.minimum, spec.maximum)
    if spec.type == "STRING":
        return _text(value)
    if spec.type == "BOOLEAN":
        return _boolean(value)
    if spec.type == "COMBO" and not isinstance(value, str | int | float):
        raise ValueError("must be one of the choices that ComfyUI lists")
    return value


def like(value: Any, stored: Any) -> Any:
    """Of the kind of the literal that stands there."""
    if looks_linked(value):
        raise ValueError("must not be a list of two, which ComfyUI takes for a link")
    if isinstance(stored, bool):
        return _boolean(value)
    if isinstance(stored, int | float):
        return real(value)
    if isinstance(stored, str):
        return _text(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    if len(value) > MAX_TEXT_LENGTH:
        raise ValueError(f"must have at most {MAX_TEXT_LENGTH} characters")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def plain_number(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)
