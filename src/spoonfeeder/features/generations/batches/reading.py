"""The axes of a sweep against the graph: whether each value may be set, and that no two axes set the same input."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.loras import Lora
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.comfy.plan import PROMPTS
from spoonfeeder.comfy.seeds import DRAW, Draw
from spoonfeeder.comfy.standard import ALIASES, NAMES
from spoonfeeder.comfy.top import LORA
from spoonfeeder.comfy.trace import Place
from spoonfeeder.comfy.values import MAX_TEXT_LENGTH
from spoonfeeder.comfy.wishes import read
from spoonfeeder.features.generations.batches.axes import Line
from spoonfeeder.features.generations.batches.faults import Faults, shown

NO_PLACE = "has no place in this workflow, so that all pictures would be the same"


@dataclass(frozen=True, slots=True)
class Subject:
    """A graph with what is known of it, and how seeds are drawn for it."""

    graph: Graph
    object_info: ObjectInfo | None
    anatomy: Anatomy
    draw: Draw

    def drawn(self) -> int:
        return self.draw(self.anatomy.seed_limit)


def canonical(parameter: str) -> str:
    return ALIASES.get(parameter, parameter)


def read_lines(lines: Sequence[Line], subject: Subject, *, alone: bool) -> list[Line]:
    """With the values as they will stand in the graph; -1 for a seed is drawn now.

    `alone`: no axis may hold a value twice. Raises Invalid with all faults.
    """
    faults = Faults()
    checked = [_read_line(line, number, subject, faults) for number, line in enumerate(lines)]
    faults.refuse()
    _require_apart(checked, subject, faults)
    if alone:
        for number, line in enumerate(checked):
            _require_unlike(line, number, faults)
    faults.refuse()
    return checked


def _read_line(line: Line, number: int, subject: Subject, faults: Faults) -> Line:
    values: list[Any] = []
    for position, value in enumerate(line.values):
        try:
            values.append(_value(line.parameter, value, subject))
        except ValueError as error:
            where = f"axes[{number}] ({line.parameter[:100]}), value {shown(value)}"
            faults.add(f"axes.{number}.values.{position}", f"{where}: {error}")
        if faults.enough:
            break
    return Line(line.parameter, values)


def _value(parameter: str, value: Any, subject: Subject) -> Any:
    """Raises ValueError with a sentence."""
    if parameter in PROMPTS:
        return _text(value)
    name = canonical(parameter)
    wishes = read({parameter: value}, subject.graph, subject.object_info)
    if wishes.faults:
        raise ValueError(wishes.faults[0].message)
    if name in wishes.standard:
        return _standard(wishes.standard[name], subject)
    if parameter in wishes.direct:
        return subject.drawn() if parameter in wishes.drawn else wishes.direct[parameter][1]
    raise ValueError("it is empty.")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("it must be text.")
    if len(value) > MAX_TEXT_LENGTH:
        raise ValueError(f"it must have at most {MAX_TEXT_LENGTH} characters.")
    return value


def _standard(value: Any, subject: Subject) -> Any:
    if isinstance(value, list):
        return [lora.as_dict() if isinstance(lora, Lora) else lora for lora in value]
    return subject.drawn() if value == DRAW else value


def places_of(parameter: str, value: Any, subject: Subject) -> frozenset[Place]:
    """The inputs that it sets, as far as they stand in the graph already. Raises ValueError where it has no place."""
    name, anatomy = canonical(parameter), subject.anatomy
    if name == "loras":
        if not anatomy.chain.model:
            raise ValueError(NO_PLACE)
        return frozenset(Place(loader, entry) for loader in anatomy.chain.loaders for entry in LORA)
    if name in PROMPTS:
        found = anatomy.prompts.positive if name == "prompt_text" else anatomy.prompts.negative
    elif name in NAMES:
        found = anatomy.places.get(name, [])
    else:
        wishes = read({parameter: value}, subject.graph, subject.object_info)
        found = [place for place, _ in wishes.direct.values()]
    if not found:
        raise ValueError(NO_PLACE)
    return frozenset(found)


def _require_apart(lines: Sequence[Line], subject: Subject, faults: Faults) -> None:
    taken: list[tuple[int, str, frozenset[Place]]] = []
    for number, line in enumerate(lines):
        where = f"axes[{number}] ({line.parameter[:100]})"
        try:
            places = places_of(line.parameter, line.values[0], subject)
        except ValueError as error:
            faults.add(f"axes.{number}.parameter", f"{where} {error}.")
            continue
        for other, name, its_places in taken:
            if name == canonical(line.parameter) or places & its_places:
                faults.add(f"axes.{number}.parameter", f"{where} sets the same as axes[{other}].")
        taken.append((number, canonical(line.parameter), places))


def _require_unlike(line: Line, number: int, faults: Faults) -> None:
    seen: set[Any] = set()
    for position, value in enumerate(line.values):
        if key_of(value) in seen:
            where = f"axes[{number}] ({line.parameter[:100]})"
            faults.add(f"axes.{number}.values.{position}", f"{where} holds the value {shown(value)} twice.")
        seen.add(key_of(value))


def key_of(value: Any) -> Any:
    """Equal for values that make the same picture: 7 and 7.0, but not 1 and true."""
    return (isinstance(value, bool), value) if isinstance(value, str | int | float) else orjson.dumps(value)
