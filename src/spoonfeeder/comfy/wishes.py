"""Reading the parameters of a request, or a workflow's defaults: names, types and ranges, before anything is set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spoonfeeder.comfy.builtin import core_nodes
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.loras import Lora
from spoonfeeder.comfy.objects import ObjectInfo, spec_of
from spoonfeeder.comfy.seeds import DRAW, read_seed
from spoonfeeder.comfy.standard import ALIASES, NAMES, standard_at
from spoonfeeder.comfy.trace import Place, literal_at, value_at
from spoonfeeder.comfy.values import LIMITS, STRENGTH, by_spec, file_name, like

MAX_LORAS = 50
MAX_SHOWN = 100
NOT_TOLD = "may be no input of that node: no ComfyUI has told its nodes yet"
LORA_KEYS = frozenset({"name", "lora_name", "strength", "strength_model", "strength_clip"})


@dataclass(frozen=True, slots=True)
class Fault:
    """`name` as it was given; `message` is a sentence."""

    name: str
    message: str


@dataclass(slots=True)
class Wishes:
    """`standard` by canonical name (`seed` may be DRAW); `direct` by the `<node id>.<input>` as given.

    `drawn` names the direct ones that ask for a new seed. `warnings` are sentences.
    """

    standard: dict[str, Any] = field(default_factory=dict)
    direct: dict[str, tuple[Place, Any]] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(parameters: Mapping[str, Any], graph: Graph, object_info: ObjectInfo | None = None) -> Wishes:
    """What is asked for, and what is wrong with it. None and `""` count as not given."""
    wishes = Wishes()
    for name, value in parameters.items():
        canonical = ALIASES.get(name, name)
        try:
            if canonical in NAMES:
                _read_standard(wishes, canonical, value)
            else:
                _read_direct(wishes, name, value, graph, object_info)
        except ValueError as error:
            wishes.faults.append(Fault(name, f"{name[:MAX_SHOWN]} {error}."))
    return wishes


def layered(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One set of parameters over another; of two spellings of a name the upper one stays."""
    given = {name: value for name, value in above.items() if not _is_open(name, value)}
    names = {ALIASES.get(name, name) for name in given}
    return {name: value for name, value in below.items() if ALIASES.get(name, name) not in names} | given


def _is_open(name: str, value: Any) -> bool:
    return value is None or (value == "" and ALIASES.get(name, name) in NAMES)


def _read_standard(wishes: Wishes, name: str, value: Any) -> None:
    if value is None or value == "":
        return
    checked = _checked(name, value)
    if wishes.standard.setdefault(name, checked) != checked:
        raise ValueError(f"and another name of {name} are given with different values")


def _checked(name: str, value: Any) -> Any:
    if name == "seed":
        return read_seed(value)
    if name == "loras":
        return _loras(value)
    return LIMITS[name].check(value) if name in LIMITS else file_name(value)


def _read_direct(wishes: Wishes, name: str, value: Any, graph: Graph, object_info: ObjectInfo | None) -> None:
    node_id, entry = _split(name, graph)
    place = _place(graph, node_id, entry, object_info)
    if value is None:
        return
    stored = value_at(graph, place)
    known = standard_at(graph, node_id, entry)
    if value == "" and (known or not isinstance(stored, str)):
        return
    if known == "seed":
        checked: Any = read_seed(value)
        wishes.drawn |= {name} if checked == DRAW else set()
    else:
        spec = spec_of(object_info, graph[node_id]["class_type"], entry)
        checked = by_spec(value, spec) if spec else like(value, stored)
        checked = LIMITS[known].check(checked) if known in LIMITS else like(checked, None)
    wishes.direct[name] = (place, checked)
    if object_info is None and place.input not in graph[place.node]["inputs"]:
        wishes.warnings.append(f"{name[:MAX_SHOWN]} {NOT_TOLD}.")


def _split(name: str, graph: Graph) -> tuple[str, str]:
    """Node ids and inputs may hold dots: an existing input is preferred, then the longest existing node id."""
    ways = [(node_id, name[len(node_id) + 1 :]) for node_id in _heads(name) if node_id in graph]
    if not ways:
        if "." in name:
            raise ValueError("names a node that this workflow does not have")
        raise ValueError(f"is not a parameter; the known ones are {', '.join(NAMES)}, and <node id>.<input>")
    return next((way for way in ways if way[1] in graph[way[0]]["inputs"]), ways[0])


def _heads(name: str) -> Iterator[str]:
    end = name.rfind(".")
    while end > 0:
        yield name[:end]
        end = name.rfind(".", 0, end)


def _place(graph: Graph, node_id: str, entry: str, object_info: ObjectInfo | None) -> Place:
    inputs = graph[node_id]["inputs"]
    if entry in inputs:
        if place := literal_at(graph, node_id, entry):
            return place
        raise ValueError("gets its value from another node and cannot be set")
    if _may_have(graph[node_id]["class_type"], entry, object_info):
        return Place(node_id, entry)
    known = ", ".join(name for name in inputs if literal_at(graph, node_id, name))
    raise ValueError(f"is no input of that node; it has {known[:MAX_SHOWN] or 'none that can be set'}")


def _may_have(class_type: str, entry: str, object_info: ObjectInfo | None) -> bool:
    """While no ComfyUI has told its nodes, what is said of those that are not ComfyUI's own is believed."""
    if object_info is None and class_type not in core_nodes():
        return entry != ""
    return spec_of(core_nodes() if object_info is None else object_info, class_type, entry) is not None


def _loras(value: Any) -> list[Lora]:
    if not isinstance(value, list):
        raise ValueError("must be a list of {name, strength_model, strength_clip}")
    if len(value) > MAX_LORAS:
        raise ValueError(f"must have at most {MAX_LORAS} entries")
    return [_lora(position, item) for position, item in enumerate(value)]


def _lora(position: int, item: Any) -> Lora:
    given = {"name": item} if isinstance(item, str) else item
    if not isinstance(given, dict):
        raise ValueError(f"[{position}] must be {{name, strength_model, strength_clip}}")
    if unknown := given.keys() - LORA_KEYS:
        raise ValueError(
            f"[{position}] has an unknown field {min(unknown)[:MAX_SHOWN]!r}; known are name, strength, "
            "strength_model and strength_clip"
        )
    name = given.get("name") or given.get("lora_name")
    if not name:
        raise ValueError(f"[{position}] needs a name")
    try:
        both = _strength(given.get("strength"), 1.0)
        model = _strength(given.get("strength_model"), both)
        fallback = both if given.get("strength") is not None else model
        return Lora(file_name(name), model, _strength(given.get("strength_clip"), fallback))
    except ValueError as error:
        raise ValueError(f"[{position}]: name or strength {error}") from None


def _strength(value: Any, default: float) -> float:
    return default if value is None or value == "" else STRENGTH.check(value)
