"""Values on their way into the prompt."""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from spoonfeeder.comfy.conversion.inputs import Input

SAMPLERS = ("KSampler", "KSamplerAdvanced")
OLD_SAMPLER = "sample_"


def as_sent(value: Any) -> Any:
    """A bare list of two would be read as a link, so that every list goes out wrapped."""
    if isinstance(value, list):
        return {"__value__": value}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def own(value: Any, class_type: str, spec: Input | None) -> Any:
    """A value that stands on the node itself."""
    if spec is not None and spec.widget == "CURVE":
        return {"__type__": "CURVE", "__value__": value}
    if class_type in SAMPLERS and spec is not None and spec.name == "sampler_name" and isinstance(value, str):
        return value.removeprefix(OLD_SAMPLER)
    return value


def held(value: Any, spec: Input | None) -> Any:
    """A PrimitiveNode's value, held to the range and the steps of the input it feeds."""
    if spec is None or spec.widget not in ("INT", "FLOAT"):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return value
    low, high = _number(spec.options.get("min")), _number(spec.options.get("max"))
    step = _number(spec.options.get("step"))
    if low is not None and value < low:
        value = low
    if high is not None and value > high:
        value = high
    if not step or step <= 0:
        return value
    return _to_step(value, step, low) if spec.widget == "INT" else _to_decimals(value, step)


def _to_step(value: float, step: float, low: float | None) -> float:
    """Steps are counted from the smallest value: 81 stays 81 where 1, 5, 9 … are meant."""
    if not isinstance(value, int) or step != int(step):
        return value
    whole = int(step)
    offset = int(low) % whole if low is not None else 0
    return (value - offset + whole // 2) // whole * whole + offset


def _to_decimals(value: float, step: float) -> float:
    """As many decimals as the step needs: one for 0.1, two for 0.01."""
    places = max(0, -math.floor(math.log10(step)))
    if isinstance(value, int) or places > 15 or abs(value) >= 2**53:
        return value
    return float(Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value
