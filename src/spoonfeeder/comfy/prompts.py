"""The texts that are the prompt and the negative prompt, found by walking back from the sampler's conditioning."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from spoonfeeder.comfy.fields import TEXTS, is_encoder, texts_of
from spoonfeeder.comfy.graph import Graph, Node
from spoonfeeder.comfy.links import Link, as_link, link_at, output_nodes, upstream
from spoonfeeder.comfy.objects import ObjectInfo, is_output
from spoonfeeder.comfy.samplers import guiding, is_sampler
from spoonfeeder.comfy.trace import MAX_HOPS, Place, literal_at, passed_input, producer, value_at

Side = Literal["positive", "negative"]
SIDES: tuple[Side, Side] = ("positive", "negative")

STARTS: dict[Side, tuple[str, ...]] = {"positive": ("positive", "conditioning", "cond1"), "negative": ("negative",)}
NO_PROMPT = frozenset({"ConditioningZeroOut"})
# A text made from others is led by this input.
LEADING_TEXT = {"StringConcatenate": "string_a", "StringReplace": "string", "StringTrim": "string"}


@dataclass(frozen=True, slots=True)
class Prompts:
    """Places of each side, the telling one first.

    `encoder` is the node that encodes the prompt; `shared` says that it serves both sides of the main sampler.
    """

    positive: list[Place] = field(default_factory=list)
    negative: list[Place] = field(default_factory=list)
    encoder: str | None = None
    shared: bool = False


def find_prompts(graph: Graph, sampler: str | None, object_info: ObjectInfo | None = None) -> Prompts:
    """The main sampler's texts, and the other encoders' of the same side that held the same text."""
    if sampler is None:
        return _without_sampler(graph, object_info)
    encoder, main_positive = next(_encoders(graph, "positive", [sampler]), (None, []))
    _, main_negative = next(_encoders(graph, "negative", [sampler]), (None, []))
    samplers = [node_id for node_id, node in graph.items() if is_sampler(node)]
    positives, negatives = (_texts(graph, side, samplers) for side in SIDES)
    both = set(positives) & set(negatives)
    positive = _with_equals(graph, main_positive, positives, both)
    negative = _with_equals(graph, main_negative, negatives, both)
    if main_positive and set(main_positive) & set(main_negative):
        return Prompts(positive, [], encoder, shared=True)
    taken = set(positive)
    return Prompts(positive, [place for place in negative if place not in taken], encoder)


def _with_equals(graph: Graph, main: list[Place], others: list[Place], both: set[Place]) -> list[Place]:
    texts = {value_at(graph, place) for place in main}
    equal = [place for place in others if value_at(graph, place) in texts and place not in both]
    return list(dict.fromkeys([*main, *equal]))


def _texts(graph: Graph, side: Side, samplers: list[str]) -> list[Place]:
    return [place for _, places in _encoders(graph, side, samplers) for place in places]


def _encoders(graph: Graph, side: Side, samplers: list[str]) -> Iterator[tuple[str, list[Place]]]:
    """The encoders on this side, nearest first, with their literal texts; a computed text is none."""
    waiting = deque(link for sampler in samplers for link in _starts(graph, sampler, side))
    seen: set[Link] = set()
    while waiting:
        link = producer(graph, waiting.popleft())
        if link is None or link in seen:
            continue
        seen.add(link)
        node_id, slot = link
        node = graph[node_id]
        if node["class_type"] in NO_PROMPT:
            continue
        if names := _text_inputs(node, side):
            yield node_id, _literal_texts(graph, node_id, names)
        else:
            waiting.extend(_conditioning(node, slot))


def _starts(graph: Graph, sampler: str, side: Side) -> list[Link]:
    inputs = graph[guiding(graph, sampler)]["inputs"]
    return [link for name in STARTS[side] if (link := as_link(inputs.get(name)))]


def _text_inputs(node: Node, side: Side) -> list[str]:
    """The inputs whose text conditions this side; empty for a node that only passes conditioning on."""
    inputs = node["inputs"]
    if isinstance(inputs.get(side), str):
        return [side]
    if not is_encoder(node["class_type"]) and any(_conditioning(node, slot) for slot in (0, 1)):
        return []
    if side == "negative" and "negative_prompt" in inputs:
        return ["negative_prompt"]
    return [name for name in texts_of(node["class_type"]) if name in inputs]


def _literal_texts(graph: Graph, node_id: str, names: list[str]) -> list[Place]:
    places = (literal_at(graph, node_id, name) or _leading_text(graph, node_id, name) for name in names)
    return [place for place in places if place and isinstance(value_at(graph, place), str)]


def _leading_text(graph: Graph, node_id: str, name: str) -> Place | None:
    """Of a text that nodes compute (join, rewrite), the nearest literal that goes into it."""
    link = link_at(graph, node_id, name)
    if link is None:
        return None

    def is_taken(at: str, entry: str) -> bool:
        return passed_input(graph, at) in (None, entry)

    for source in islice(upstream(graph, link[0], follow=is_taken), MAX_HOPS):
        names = (LEADING_TEXT.get(graph[source]["class_type"], "value"), *TEXTS)
        if found := next((entry for entry in names if isinstance(graph[source]["inputs"].get(entry), str)), None):
            return Place(source, found)
    return None


def _conditioning(node: Node, slot: int) -> list[Link]:
    """Where a node got its conditioning: of two outputs the first is positive, the second negative."""
    links = {name: link for name, value in node["inputs"].items() if (link := as_link(value))}
    positive = [link for name, link in links.items() if "positive" in name]
    negative = [link for name, link in links.items() if "negative" in name]
    if positive and negative:
        return [positive, negative][slot] if slot in (0, 1) else []
    return positive or [link for name, link in links.items() if name.startswith("cond")]


def _without_sampler(graph: Graph, object_info: ObjectInfo | None) -> Prompts:
    """Nodes that ask another service, say: the nearest text called prompt or text."""
    places: dict[str, Place] = {}
    for node_id in upstream(graph, *output_nodes(graph, object_info)):
        if is_output(object_info, graph[node_id]["class_type"]):
            continue
        for side, names in (("positive", TEXTS), ("negative", ("negative_prompt",))):
            found = _literal_texts(graph, node_id, [name for name in names if name in graph[node_id]["inputs"]])
            if found:
                places.setdefault(side, found[0])
    positive, negative = places.get("positive"), places.get("negative")
    return Prompts([positive] if positive else [], [negative] if negative else [])


def text_at(graph: Graph, places: list[Place]) -> str | None:
    value: Any = value_at(graph, places[0]) if places else None
    return value if isinstance(value, str) else None
