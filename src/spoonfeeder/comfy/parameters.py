"""What of a workflow can be edited: the parameters that a form shows (spec/comfyui-sessions.md 7.1)."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.builtin import core_nodes
from spoonfeeder.comfy.definitions import Definitions
from spoonfeeder.comfy.fields import SIZE, Field, Kind, Type, field_of
from spoonfeeder.comfy.graph import Graph, Node, title_of
from spoonfeeder.comfy.kinds import choices_in, field_as_told, field_of_value
from spoonfeeder.comfy.links import Link, as_link
from spoonfeeder.comfy.objects import InputSpec, ObjectInfo
from spoonfeeder.comfy.options import SAMPLERS, SCHEDULERS
from spoonfeeder.comfy.seeds import SAFE_SEED
from spoonfeeder.comfy.top import PromotedWidget as PromotedWidget
from spoonfeeder.comfy.top import common_places
from spoonfeeder.comfy.trace import Place, literal_at, value_at
from spoonfeeder.comfy.wording import clean
from spoonfeeder.core.lossless import lossless

MAX_PARAMETERS = 2_000
MAX_OPTIONS = 100_000
"""Of all parameters together; the lists beyond hold the present value alone."""
MAX_UNKNOWN = 100
MAX_TOLD = 1_000
"""Letters of a tooltip or a default."""
Scalar = str | int | float | bool
SCALARS = (str, int, float)
BUILTIN = {"sampler_name": SAMPLERS, "scheduler": SCHEDULERS}
Meaning = tuple[Field, InputSpec | None]


def _require(schema: dict[str, Any]) -> None:
    """Answers are documented with every field required, also those that a TypedDict says may be absent."""
    schema["required"] = [name for name in schema["properties"] if name in ExtractedParameter.__required_keys__]


@with_config(ConfigDict(json_schema_extra=_require))
class ExtractedParameter(TypedDict):
    """`<nodeId>.<field>` is the name that sets it in a request; where `standard` is a name, that one sets it too.

    A standard name also sets the other inputs of its meaning that have the same value. `promoted` ones come first:
    what the author shows on a subgraph, then what most people set. `known` is false where ComfyUI does not have the
    node's class, so that its kind is read from the value.
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
    default: NotRequired[Scalar]
    tooltip: NotRequired[str]
    known: NotRequired[bool]
    promoted: NotRequired[Literal["subgraph", "common"] | None]


def extract(
    graph: Graph,
    object_info: ObjectInfo | None = None,
    anatomy: Anatomy | None = None,
    widgets: Sequence[PromotedWidget] = (),
) -> list[ExtractedParameter]:
    """Every literal input: the promoted ones first, all others by node in the order of the graph.

    A linked input is shown once, where its literal stands; a computed one is not.
    """
    return _Extraction(graph, object_info, anatomy).parameters(widgets)


def unknown_classes(graph: Graph, object_info: ObjectInfo | None = None) -> list[str]:
    """The classes, in the order of the graph, that this ComfyUI does not have; without one, ComfyUI itself."""
    told = object_info or core_nodes()
    missing = dict.fromkeys(node["class_type"] for node in graph.values() if node["class_type"] not in told)
    return [clean(name, 200) for name in islice(missing, MAX_UNKNOWN)]


class _Extraction:
    def __init__(self, graph: Graph, object_info: ObjectInfo | None, anatomy: Anatomy | None) -> None:
        self._graph = graph
        self._anatomy = anatomy or Anatomy.of(graph, object_info)
        self._names = self._anatomy.standard_names()
        self._told = object_info or core_nodes()
        self._definitions = Definitions(self._told)
        self._core = Definitions(core_nodes())
        self._linked = self._linked_meanings()
        self._room = MAX_OPTIONS

    def parameters(self, widgets: Sequence[PromotedWidget]) -> list[ExtractedParameter]:
        found: dict[Place, ExtractedParameter] = {}
        for widget in widgets:
            place = self._place_of(widget)
            if place and place not in found and (parameter := self._parameter(place)):
                parameter |= {"label": widget.label, "title": widget.title, "promoted": "subgraph"}
                found[place] = parameter
        for place, label in common_places(self._graph, self._anatomy):
            known = found.get(place)
            if (parameter := known or self._parameter(place)) is None:
                continue
            if label:
                parameter["kind"] = "prompt"
            if known is None:
                parameter |= {"label": label or parameter["label"], "promoted": "common"}
                found[place] = parameter
        self._add_rest(found)
        return list(islice(found.values(), MAX_PARAMETERS))

    def _add_rest(self, found: dict[Place, ExtractedParameter]) -> None:
        for node_id, node in self._graph.items():
            for name, value in node["inputs"].items():
                place = Place(node_id, name)
                if not isinstance(value, SCALARS) or place in found:
                    continue
                if len(found) >= MAX_PARAMETERS:
                    return
                if parameter := self._parameter(place):
                    found[place] = parameter

    def _place_of(self, widget: PromotedWidget) -> Place | None:
        if widget.node_id not in self._graph:
            return None
        return literal_at(self._graph, widget.node_id, widget.input)

    def _linked_meanings(self) -> dict[Place, Meaning]:
        """What the literals mean that are linked to inputs of the table or of choices."""
        found: dict[Place, Meaning] = {}
        ends: dict[tuple[Link, str], Place | None] = {}
        for node_id, node in self._graph.items():
            specs = self._specs(node)
            for name, value in node["inputs"].items():
                link = as_link(value)
                field = self._field(node["class_type"], name, specs.get(name)) if link else None
                if link is None or not (field or name in SIZE):
                    continue
                if (link, name) not in ends:
                    ends[link, name] = literal_at(self._graph, node_id, name)
                place = ends[link, name]
                if place and (field := field or self._size(name, place)):
                    found.setdefault(place, (field, specs.get(name)))
        return found

    def _field(self, class_type: str, name: str, spec: InputSpec | None) -> Field | None:
        return field_of(class_type, name) or (field_as_told(name, spec) if spec else None)

    def _size(self, name: str, place: Place) -> Field | None:
        return SIZE[name] if name in SIZE and place in self._names else None

    def _specs(self, node: Node) -> Mapping[str, InputSpec]:
        """By this ComfyUI, else by ComfyUI's own definition of a class that it does not have."""
        known = self._definitions if node["class_type"] in self._definitions else self._core
        return known.inputs(node)

    def _parameter(self, place: Place) -> ExtractedParameter | None:
        value = value_at(self._graph, place)
        if not isinstance(value, SCALARS):
            return None
        node = self._graph[place.node]
        spec = self._specs(node).get(place.input)
        field = self._field(node["class_type"], place.input, spec) or self._size(place.input, place)
        if field is None and place in self._linked:
            field, spec = self._linked[place]
        parameter = _described(place, field or field_of_value(place.input, spec, value), value, spec)
        parameter["title"] = title_of(node) or node["class_type"]
        parameter["standard"] = self._names.get(place)
        parameter["known"] = node["class_type"] in self._told
        self._bound_options(parameter)
        return parameter

    def _bound_options(self, parameter: ExtractedParameter) -> None:
        self._room -= len(parameter.get("options", ()))
        if self._room < 0 and "options" in parameter:
            parameter["options"] = [parameter["value"]]


def _described(place: Place, field: Field, value: Scalar, spec: InputSpec | None) -> ExtractedParameter:
    parameter = ExtractedParameter(
        nodeId=place.node,
        field=place.input,
        label=field.label,
        type=field.type,
        value=lossless(value),
        kind=field.kind,
        group=field.group,
        title="",
        standard=None,
    )
    if field.minimum is not None and field.maximum is not None:
        parameter["min"], parameter["max"] = _range(field.minimum, field.maximum, value, spec)
    if field.step is not None:
        parameter["step"] = (spec and spec.step) or field.step
    if field.type == "select":
        parameter["options"] = _options(field, value, spec)
    if spec and isinstance(spec.default, SCALARS) and len(str(spec.default)) <= MAX_TOLD:
        parameter["default"] = lossless(spec.default)
    if spec and spec.tooltip:
        parameter["tooltip"] = clean(spec.tooltip, MAX_TOLD)
    parameter["promoted"] = None
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
    if field.kind == "boolean":
        return [True, False]
    listed = _scalars(choices_in(spec)) if spec else []
    listed = listed or list(BUILTIN.get(field.name or "", ()))
    return listed if value in listed else [value, *listed]


def _scalars(values: Iterable[Any]) -> list[Scalar]:
    return [value for value in values if isinstance(value, SCALARS)]


def _is_size(value: Scalar) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
