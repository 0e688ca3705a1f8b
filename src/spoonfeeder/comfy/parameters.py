"""What of a workflow can be edited: the parameters that a form shows (spec/comfyui-sessions.md 7.1)."""

from typing import NotRequired, TypedDict

from spoonfeeder.comfy.fields import Field, field_of
from spoonfeeder.comfy.graph import Graph, title_of
from spoonfeeder.comfy.objects import InputSpec, ObjectInfo, spec_of
from spoonfeeder.comfy.options import SAMPLERS, SCHEDULERS
from spoonfeeder.comfy.seeds import SAFE_SEED
from spoonfeeder.comfy.trace import Place, literal_at, value_at
from spoonfeeder.core.lossless import lossless

MAX_PARAMETERS = 2_000
Scalar = str | int | float | bool
BUILTIN = {"sampler_name": SAMPLERS, "scheduler": SCHEDULERS}


class Parameter(TypedDict):
    """The documented eight, then ours: `<nodeId>.<field>` is the name that sets it in a request."""

    nodeId: str
    field: str
    label: str
    type: str
    value: Scalar
    min: NotRequired[float]
    max: NotRequired[float]
    options: NotRequired[list[Scalar]]
    kind: str
    step: NotRequired[float]
    group: str
    title: str


def extract(graph: Graph, object_info: ObjectInfo | None = None) -> list[Parameter]:
    """In the order of the graph. A linked input is shown once, where its literal stands; a computed one is not."""
    found: dict[Place, Parameter] = {}
    for node_id, node in graph.items():
        for name in node["inputs"]:
            field = field_of(node["class_type"], name)
            place = literal_at(graph, node_id, name) if field else None
            if field is None or place is None or place in found:
                continue
            value = value_at(graph, place)
            if isinstance(value, Scalar):
                spec = spec_of(object_info, node["class_type"], name)
                found[place] = _parameter(graph, place, field, value, spec)
            if len(found) == MAX_PARAMETERS:
                return list(found.values())
    return list(found.values())


def _parameter(graph: Graph, place: Place, field: Field, value: Scalar, spec: InputSpec | None) -> Parameter:
    node = graph[place.node]
    parameter = Parameter(
        nodeId=place.node,
        field=place.input,
        label=field.label,
        type=field.type,
        value=lossless(value),
        kind=field.kind,
        group=field.group,
        title=title_of(node) or node["class_type"],
    )
    if field.minimum is not None and field.maximum is not None:
        parameter["min"], parameter["max"] = _range(field.minimum, field.maximum, value, spec)
    if field.step is not None:
        parameter["step"] = (spec and spec.step) or field.step
    if field.type == "select":
        parameter["options"] = _options(field, value, spec)
    return parameter


def _range(low: float, high: float, value: Scalar, spec: InputSpec | None) -> tuple[float, float]:
    """What a form offers: the table's range within ComfyUI's own, widened to the present value."""
    if spec and spec.minimum is not None and spec.maximum is not None:
        low, high = max(low, spec.minimum), min(high, spec.maximum)
    if isinstance(value, int | float) and abs(value) <= SAFE_SEED:
        low, high = min(low, value), max(high, value)
    return low, high


def _options(field: Field, value: Scalar, spec: InputSpec | None) -> list[Scalar]:
    """The present value is always among them."""
    if field.sizes:
        return sorted({*field.sizes, value} if _is_size(value) else set(field.sizes))
    listed = [choice for choice in spec.choices if isinstance(choice, Scalar)] if spec else []
    listed = listed or list(BUILTIN.get(field.name or "", ()))
    return listed if value in listed else [value, *listed]


def _is_size(value: Scalar) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
