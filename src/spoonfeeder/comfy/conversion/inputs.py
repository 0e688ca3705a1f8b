"""What a node class takes, as the editor reads `/object_info`: which inputs are widgets, and in what order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spoonfeeder.comfy.conversion.shapes import Scope, as_list, as_mapping
from spoonfeeder.comfy.objects import ObjectInfo, is_output

DYNAMIC = "COMFY_DYNAMICCOMBO_V3"
AUTOGROW, MATCHTYPE = "COMFY_AUTOGROW_V3", "COMFY_MATCHTYPE_V3"
WIDGETS = frozenset(
    {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", DYNAMIC}
    | {"COLOR", "COLORS", "BOUNDING_BOX", "BOUNDING_BOXES", "CURVE", "IMAGECOMPARE", "LOAD_3D", "WEBCAM"}
    | {"AUDIO_RECORD", "COMPOSITOR", "PAINTER"}
)
# No value at all, which is something else than null.
MISSING: Any = object()
CORE_MODULES = ("nodes", "comfy_extras", "comfy_api_nodes")
SEEDS = ("seed", "noise_seed")


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a class. `widget` is the kind of its widget, empty for what takes only links."""

    name: str
    type: str
    widget: str
    required: bool
    options: Mapping[str, Any]
    choices: list[Any]

    @property
    def controlled(self) -> bool:
        """Whether a word for what happens to the value after a run follows it in `widgets_values`."""
        if self.widget != "INT":
            return False
        return bool(self.options.get("control_after_generate")) or self.name in SEEDS

    def start(self) -> Any:
        """The value of a new node."""
        if "default" in self.options:
            return self.options["default"]
        if self.widget in ("COMBO", DYNAMIC):
            return first_choice(self.choices)
        return {"INT": 0, "FLOAT": 0, "BOOLEAN": False}.get(self.widget, "")

    def inner(self, key: Any) -> list["Input"]:
        """The inputs that a dynamic combo adds when `key` is chosen; their full names are `name.inner`."""
        for choice in self.choices if self.widget == DYNAMIC else ():
            if isinstance(choice, Mapping) and choice.get("key") == key:
                return [_inner(self.name, each) for each in read_inputs(choice.get("inputs"))]
        return []


class Classes:
    """The node classes of one server, each read once."""

    def __init__(self, object_info: ObjectInfo) -> None:
        self._told = object_info
        self._read: dict[str, list[Input]] = {}
        self._types: dict[str, dict[str, str]] = {}

    def __contains__(self, class_type: str) -> bool:
        return isinstance(self._told.get(class_type), Mapping)

    def inputs(self, class_type: str) -> list[Input]:
        known = self._read.get(class_type)
        if known is None:
            told = as_mapping(self._told.get(class_type))
            known = list(read_inputs(told.get("input"), as_mapping(told.get("input_order"))))
            self._read[class_type] = known
        return known

    def slot_type(self, class_type: str, name: str) -> str | None:
        """The type of a slot as the definition has it; None where only the file knows."""
        known = self._types.get(class_type)
        if known is None:
            known = self._types[class_type] = {
                spec.name: spec.type for spec in self.inputs(class_type) if spec.type not in (AUTOGROW, MATCHTYPE)
            }
        return known.get(name)

    def is_output(self, class_type: str) -> bool:
        return is_output(self._told, class_type)

    def has_output(self, scope: Scope) -> bool:
        return any(self.is_output(node.type) for node in scope.nodes.values())

    def saves(self, class_type: str) -> bool:
        """Whether it is one of ComfyUI's own nodes that write files; `%…%` in custom nodes is their own affair."""
        module = as_mapping(self._told.get(class_type)).get("python_module")
        return self.is_output(class_type) and isinstance(module, str) and module.split(".")[0] in CORE_MODULES

    def title(self, class_type: str) -> str:
        shown = as_mapping(self._told.get(class_type)).get("display_name")
        return shown if isinstance(shown, str) and shown else class_type


def read_inputs(told: Any, order: Mapping[str, Any] | None = None) -> Iterator[Input]:
    """Required before optional, each in the order that the server names; hidden ones are no inputs of the editor."""
    for section in ("required", "optional"):
        listed = as_mapping(as_mapping(told).get(section))
        names = [name for name in as_list((order or {}).get(section)) if isinstance(name, str) and name in listed]
        for name in dict.fromkeys([*names, *listed]):
            yield _read(name, listed[name], section == "required")


def first_choice(choices: list[Any]) -> Any:
    """MISSING where the server has nothing to choose. A dynamic combo's choices are objects with a key."""
    first = choices[0] if choices else MISSING
    return first.get("key", "") if isinstance(first, Mapping) else first


def _read(name: str, told: Any, required: bool) -> Input:
    parts = told if isinstance(told, list) else [told]
    kind = parts[0] if parts else ""
    options = as_mapping(parts[1] if len(parts) > 1 else None)
    choices = kind if isinstance(kind, list) else as_list(options.get("options"))
    word = "COMBO" if isinstance(kind, list) else str(kind)
    return Input(name, word, _widget(word, options), required, options, choices)


def _widget(word: str, options: Mapping[str, Any]) -> str:
    kind = options.get("widgetType", word)
    if options.get("forceInput") or not isinstance(kind, str):
        return ""
    return kind if kind in WIDGETS else ""


def _inner(parent: str, inner: Input) -> Input:
    return Input(f"{parent}.{inner.name}", inner.type, inner.widget, inner.required, inner.options, inner.choices)
