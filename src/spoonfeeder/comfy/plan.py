"""From a stored graph and a request to the graph that is run: the one call that the service makes.

Values: the graph's own, under the workflow's defaults, under the preset, under the request (API.md, "parameters of
a request").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.definitions import Definitions
from spoonfeeder.comfy.draft import Draft
from spoonfeeder.comfy.files import SAVE_PREFIX, path_fault, unsafe_paths
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.comfy.seeds import Draw, draw_seed
from spoonfeeder.comfy.summary import Summary, summarize
from spoonfeeder.comfy.trace import value_at
from spoonfeeder.comfy.values import LIMITS
from spoonfeeder.comfy.wishes import Fault, Wishes, read
from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.lossless import lossless

REQUEST = "parameters"
PROMPTS = ("prompt_text", "negative_prompt")
SIZES = ("width", "height", "length", "batch_size")
"""What a run costs, so that a graph's own are held to the limits too."""


@dataclass(frozen=True, slots=True)
class Planned:
    """`parameters`: what stands in the graph, by standard name, and whatever was accepted without a place.

    `warnings` are sentences. Seeds beyond 2^53-1 are digits in `parameters`, integers in `graph` and `summary`.
    """

    graph: Graph
    parameters: dict[str, Any]
    summary: Summary
    warnings: list[str]


def plan(
    graph: Graph,
    defaults: Mapping[str, Any] | None = None,
    *,
    preset: Mapping[str, Any] | None = None,
    prompt_text: str | None = None,
    negative_prompt: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    object_info: ObjectInfo | None = None,
    draw: Draw | None = draw_seed,
    anatomy: Anatomy | None = None,
) -> Planned:
    """A new graph; `graph` stays as it is. `anatomy` is its own, where that is known already.

    A prompt of None leaves the graph's own, `""` empties it. Without a seed, or with -1, `draw` is asked once;
    with `draw=None` the graph's own seed stays. What is wrong in `defaults` or `preset` is left out with a warning.
    Raises Invalid with one detail per parameter.
    """
    wishes = read(parameters or {}, graph, object_info)
    _refuse(wishes.faults)
    draft = Draft(graph, object_info, anatomy)
    layers = []
    for source, standing in (("A default of the workflow", defaults), ("A value of the preset", preset)):
        layer = read(standing or {}, graph, object_info)
        draft.warnings += [f"{source} was left out: {fault.message}" for fault in layer.faults]
        layers.append(layer)
    layers.append(wishes)
    draft.warnings += dict.fromkeys(warning for layer in layers for warning in layer.warnings)
    draft.set_loras(next((layer.standard["loras"] for layer in reversed(layers) if "loras" in layer.standard), None))
    for layer in layers:
        draft.set_values(layer, draw)
    draft.set_seed(layers, draw)
    draft.set_prompts(prompt_text, negative_prompt)
    _refuse(_unsafe(draft.graph, object_info, layers))
    values, loras = draft.values(), draft.loras()
    _refuse(_too_large(values))
    return Planned(
        graph=draft.graph,
        parameters=_parameters(draft, values, loras, layers),
        summary=summarize(values, loras, draft.text("prompt_text"), draft.text("negative_prompt")),
        warnings=draft.warnings,
    )


def check(
    graph: Graph, parameters: Mapping[str, Any], object_info: ObjectInfo | None = None, *, at: str = REQUEST
) -> None:
    """Raises Invalid as `plan` would for these parameters, with details below `at`."""
    _refuse(read(parameters, graph, object_info).faults, at)


def _parameters(
    draft: Draft, values: dict[str, Any], loras: list[dict[str, Any]], layers: list[Wishes]
) -> dict[str, Any]:
    has_loras = loras or any("loras" in layer.standard for layer in layers)
    found = values | ({"loras": loras} if has_loras else {}) | draft.homeless
    found = {name: value for name, value in found.items() if name not in PROMPTS}
    for layer in layers:
        for name, (place, _) in layer.direct.items():
            if place.node in draft.graph:
                found[name] = value_at(draft.graph, place)
    return {name: lossless(value) for name, value in found.items()}


def _unsafe(graph: Graph, object_info: ObjectInfo | None, layers: list[Wishes]) -> list[Fault]:
    unsafe = unsafe_paths(graph, Definitions(object_info or {}))
    faults = [Fault(str(place), f"{place} {fault}.") for place, fault in unsafe.items()]
    for layer in layers:
        for name, (_, value) in layer.direct.items():
            if name.endswith(f".{SAVE_PREFIX}") and (fault := path_fault(value)):
                faults.append(Fault(name, f"{name} {fault}."))
    return faults


def _too_large(values: Mapping[str, Any]) -> list[Fault]:
    most = {name: int(LIMITS[name].maximum) for name in SIZES}
    numbers = {name: value for name, value in values.items() if name in SIZES and isinstance(value, int | float)}
    return [Fault(name, f"{name} must be at most {most[name]}.") for name in numbers if numbers[name] > most[name]]


def _refuse(faults: list[Fault], at: str = REQUEST) -> None:
    if not faults:
        return
    rest = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    details = [{"loc": f"{at}.{fault.name[:100]}", "type": "invalid", "message": fault.message} for fault in faults]
    raise Invalid(f"{faults[0].message}{rest}", details=details[:50])
