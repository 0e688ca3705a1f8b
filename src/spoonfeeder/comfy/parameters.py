"""What of a workflow can be edited: the parameters that a form shows (spec/comfyui-sessions.md 7.1)."""

from collections.abc import Iterator, Mapping
from typing import Any, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.fields import SIZE, Field, Kind, Type, field_of
from spoonfeeder.comfy.graph import Graph, title_of
from spoonfeeder.comfy.model_names import EXTENSIONS
from spoonfeeder.comfy.objects import InputSpec, ObjectInfo, inputs_of
from spoonfeeder.comfy.options import SAMPLERS, SCHEDULERS
from spoonfeeder.comfy.seeds import SAFE_SEED
from spoonfeeder.comfy.trace import Place, literal_at, value_at
from spoonfeeder.core.lossless import lossless

MAX_PARAMETERS = 2_000
MAX_OPTIONS = 100_000
"""Of all parameters together; the lists beyond hold the present value alone."""
Scalar = str | int | float | bool
BUILTIN = {"sampler_name": SAMPLERS, "scheduler": SCHEDULERS}
FILES: dict[str, Kind] = {"image": "image", "audio": "audio", "video": "video", "file": "file"}


def _require(schema: dict[str, Any]) -> None:
    """Answers are documented with every field required, also those that a TypedDict says may be absent."""
    schema["required"] = [name for name in schema["properties"] if name in ExtractedParameter.__required_keys__]


@with_config(ConfigDict(json_schema_extra=_require))
class ExtractedParameter(TypedDict):
    """`<nodeId>.<field>` is the name that sets it in a request; where `standard` is a name, that one sets it too.

    A standard name also sets the other inputs of its meaning that have the same value.
    """

    nodeId: str
    field: str
    label: str
    type: Type
    value: Scalar
    min: NotRequired[int | float]
    max: NotRequired[int | float]
    options: NotRequired[list[Scalar]]
    kind: Kind
    step: NotRequired[int | float]
    group: str
    title: str
    standard: str | None


def extract(
    graph: Graph, object_info: ObjectInfo | None = None, anatomy: Anatomy | None = None
) -> list[ExtractedParameter]:
    """In the order of the graph. A linked input is shown once, where its literal stands; a computed one is not."""
    found: dict[Place, ExtractedParameter] = {}
    names = (anatomy or Anatomy.of(graph, object_info)).standard_names()
    room = MAX_OPTIONS
    for place, field, spec in _shown_inputs(graph, names, object_info):
        value = value_at(graph, place)
        if place in found or not isinstance(value, Scalar):
            continue
        found[place] = parameter = _parameter(graph, place, field, value, spec)
        parameter["standard"] = names.get(place)
        room -= len(parameter.get("options", ()))
        if room < 0 and "options" in parameter:
            parameter["options"] = [parameter["value"]]
        if len(found) == MAX_PARAMETERS:
            break
    return list(found.values())


def _shown_inputs(
    graph: Graph, names: Mapping[Place, str], object_info: ObjectInfo | None
) -> Iterator[tuple[Place, Field, InputSpec | None]]:
    told = {name: inputs_of(object_info, name) for name in {node["class_type"] for node in graph.values()}}
    for node_id, node in graph.items():
        class_type = node["class_type"]
        for name in node["inputs"]:
            spec = told[class_type].get(name)
            field = field_of(class_type, name) or _field_as_told(name, spec)
            place = literal_at(graph, node_id, name) if field or name in SIZE else None
            if place and (field := field or (SIZE[name] if place in names else None)):
                yield place, field, spec


def _field_as_told(name: str, spec: InputSpec | None) -> Field | None:
    """For an input that the table does not know and ComfyUI tells choices or a kind of file of."""
    label = name.replace("_", " ").capitalize()
    if spec and spec.upload:
        return Field(label, "string", FILES[spec.upload], "input")
    if spec and spec.choices:
        return Field(label, "select", "model" if _are_models(spec) else "choice", "other")
    return None


def _are_models(spec: InputSpec) -> bool:
    return any(isinstance(choice, str) and choice.lower().endswith(EXTENSIONS) for choice in spec.choices)


def _parameter(graph: Graph, place: Place, field: Field, value: Scalar, spec: InputSpec | None) -> ExtractedParameter:
    node = graph[place.node]
    parameter = ExtractedParameter(
        nodeId=place.node,
        field=place.input,
        label=field.label,
        type=field.type,
        value=lossless(value),
        kind=field.kind,
        group=field.group,
        title=title_of(node) or node["class_type"],
        standard=None,
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
