"""The values of a node's widgets as they were saved: by place, by name, or both."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from spoonfeeder.comfy.conversion.inputs import DYNAMIC, MISSING, Input
from spoonfeeder.comfy.conversion.places import Place, Widget, widgets
from spoonfeeder.comfy.conversion.shapes import as_mapping

CONTROL_WORDS = frozenset({"fixed", "increment", "decrement", "randomize", "increment-wrap"})
PLACE_DIGITS = 3
LACKS_WORD = (
    "The list of values lacks the word for what happens to the seed after a run; what follows was put in its places."
)
BY_NAME = "The list of values was saved for another version of this node; the values were taken by their names."
Note = Callable[[str], None]


@dataclass(slots=True)
class ByPlace:
    """Reads a list from its beginning. A control word that files before it lack is noticed and stepped over."""

    values: list[Any]
    position: int = 0
    shifted: bool = False

    def __call__(self, place: Place) -> Any:
        if self.position >= len(self.values):
            return MISSING
        value = self.values[self.position]
        if place.control and _is_no_word(value) and place.follows and fits(value, place.follows):
            self.shifted = True
            return MISSING
        self.position += 1
        return value


@dataclass(frozen=True, slots=True)
class ByName:
    values: Mapping[str, Any]

    def __call__(self, place: Place) -> Any:
        return self.values.get(place.name, MISSING)


def read_widgets(
    class_type: str, inputs: Iterable[Input], values: Any, named: Mapping[str, Any], note: Note
) -> list[Widget]:
    """The widgets with their values; `note` hears of everything that had to be repaired.

    Where names and places disagree the list was saved for another version of the class and the names are
    taken, unless the server would refuse more of them.
    """
    inputs = list(inputs)
    listed = ByPlace(_by_index(values))
    found = widgets(class_type, inputs, listed)
    names = named or _by_name(values)
    if not names:
        if listed.shifted:
            note(LACKS_WORD)
        return found
    by_name = widgets(class_type, inputs, ByName(names))
    if listed.values and (_agree(found, by_name, names) or misfits(found) < misfits(by_name)):
        return _numbers_only(found, note)
    if listed.values:
        note(BY_NAME)
    return _numbers_only(by_name, note)


def fits(value: Any, spec: Input) -> bool:
    """Whether the value is of the kind that the widget holds."""
    match spec.widget:
        case "INT" | "FLOAT":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "BOOLEAN":
            return isinstance(value, bool)
        case "STRING":
            return isinstance(value, str)
        case "COMBO":
            return value in spec.choices if spec.choices else isinstance(value, str)
        case kind if kind == DYNAMIC:
            return any(as_mapping(choice).get("key") == value for choice in spec.choices)
    return False


def _is_no_word(value: Any) -> bool:
    """Files of 2023 hold true and false for the words."""
    if isinstance(value, str):
        return value not in CONTROL_WORDS
    return isinstance(value, int | float) and not isinstance(value, bool)


def misfits(found: list[Widget]) -> int:
    return sum(
        not (widget.spec is None or widget.value is MISSING or fits(widget.value, widget.spec)) for widget in found
    )


def _numbers_only(found: list[Widget], note: Note) -> list[Widget]:
    """A word where the class has come to take a number would only be refused."""
    return [_with_number(widget, note) if isinstance(widget.value, str) else widget for widget in found]


def _with_number(widget: Widget, note: Note) -> Widget:
    if widget.spec is None or widget.spec.widget not in ("INT", "FLOAT"):
        return widget
    try:
        float(widget.value)
    except ValueError:
        note(f"The value of {widget.name} is no number, which this node takes now; its default was put there.")
        return replace(widget, value=widget.spec.start())
    return widget


def _agree(found: list[Widget], by_name: list[Widget], names: Mapping[str, Any]) -> bool:
    told = {widget.name: widget.value for widget in by_name if widget.name in names}
    return all(same(widget.value, told[widget.name]) for widget in found if widget.sent and widget.name in told)


def same(one: Any, other: Any) -> bool:
    return (type(one) is type(other) and one == other) or (_number(one) and _number(other) and one == other)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _by_index(values: Any) -> list[Any]:
    """A list, or an object whose keys are places."""
    if isinstance(values, list):
        return values
    told = as_mapping(values)
    if not told or not all(key.isdecimal() and len(key) <= PLACE_DIGITS for key in told):
        return []
    places = {int(key): value for key, value in told.items()}
    return [places.get(place, MISSING) for place in range(max(places) + 1)]


def _by_name(values: Any) -> Mapping[str, Any]:
    return {} if _by_index(values) else as_mapping(values)
