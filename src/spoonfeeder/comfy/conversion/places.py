"""The order of a node's widgets in `widgets_values`, and what stands there."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from spoonfeeder.comfy.conversion.inputs import DYNAMIC, MISSING, Input, first_choice

MAX_WIDGETS = 20_000
# What the editor's own scripts add to the widgets of these classes.
LOAD_3D, LOAD_3D_AFTER = "Load3D", "model_file"
LOAD_3D_BUTTONS = ("upload 3d model", "upload extra resources", "clear")
CUSTOM_COMBO = "CustomCombo"
WITHOUT_PLACE = {"IMAGECOMPARE": ["", ""]}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next value is read: the name it may be saved under, and the input it belongs to.

    A control word belongs to no input; `follows` is the input whose value stands after it.
    """

    name: str
    spec: Input | None = None
    control: bool = False
    follows: Input | None = None


@dataclass(frozen=True, slots=True)
class Widget:
    """A widget and its value. `spec` is missing for what is no input of the class."""

    name: str
    value: Any
    spec: Input | None = None
    sent: bool = True
    placed: bool = True


Read = Callable[[Place], Any]


def widgets(class_type: str, inputs: Iterable[Input], read: Read) -> list[Widget]:
    """Every widget in order; `read` gives the value at each place, or MISSING, and is asked once for each."""
    return list(islice(_walk(class_type, inputs, read), MAX_WIDGETS))


def _walk(class_type: str, inputs: Iterable[Input], read: Read) -> Iterator[Widget]:
    waiting = list(reversed(list(inputs)))
    while waiting:
        spec = waiting.pop()
        if not spec.widget:
            continue
        if spec.widget in WITHOUT_PLACE:
            yield Widget(spec.name, WITHOUT_PLACE[spec.widget], spec, placed=False)
            continue
        value = _value(spec, read(Place(spec.name, spec)))
        yield Widget(spec.name, value, spec)
        if spec.widget == DYNAMIC:
            waiting += reversed(spec.inner(value))
        yield from _extras(class_type, spec, waiting, read)


def _extras(class_type: str, spec: Input, waiting: list[Input], read: Read) -> Iterator[Widget]:
    if spec.controlled:
        name = _control_name(spec)
        following = next((each for each in reversed(waiting) if each.widget), None)
        yield Widget(name, read(Place(name, control=True, follows=following)), sent=False)
    if class_type == LOAD_3D and spec.name == LOAD_3D_AFTER:
        for button in LOAD_3D_BUTTONS:
            yield Widget(button, read(Place(button)), sent=False)
    if class_type == CUSTOM_COMBO:
        yield from _custom_choices(read)


def _custom_choices(read: Read) -> Iterator[Widget]:
    """The node's choices are its own texts: as many as are saved, and one in a new node."""
    yield Widget("index", read(Place("index")))
    number = 1
    while (value := read(Place(f"option{number}"))) is not MISSING or number == 1:
        yield Widget(f"option{number}", "" if value is MISSING else value)
        number += 1


def _control_name(spec: Input) -> str:
    word = spec.options.get("control_after_generate")
    return word if isinstance(word, str) else "control_after_generate"


def _value(spec: Input, value: Any) -> Any:
    if value is MISSING:
        return spec.start()
    if value is None and spec.widget in ("COMBO", DYNAMIC):
        return first_choice(spec.choices)
    if value is None and spec.widget == "STRING" and spec.options.get("multiline") is True:
        return ""
    return value
