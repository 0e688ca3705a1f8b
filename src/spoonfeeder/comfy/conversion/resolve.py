"""Where a link comes from in the end: through reroutes, bypassed nodes and the walls of subgraphs."""

from dataclasses import dataclass, replace

from spoonfeeder.comfy.conversion.frames import Frame, InnerFrame
from spoonfeeder.comfy.conversion.inputs import Classes
from spoonfeeder.comfy.conversion.shapes import BYPASSED, INNER_INPUT, INNER_OUTPUT, MUTED, Link, Node, Slot
from spoonfeeder.comfy.conversion.sockets import sockets

REROUTE, PRIMITIVE = "Reroute", "PrimitiveNode"


@dataclass(frozen=True, slots=True)
class Output:
    """The output of a node that runs."""

    frame: Frame
    node: Node
    index: int


@dataclass(frozen=True, slots=True)
class Typed:
    """The value that somebody typed into a PrimitiveNode."""

    frame: Frame
    node: Node


@dataclass(frozen=True, slots=True)
class Promoted:
    """An input of a subgraph that nothing is linked to: what stands on the instance, if anything does."""

    frame: InnerFrame
    index: int


@dataclass(frozen=True, slots=True)
class Past:
    """A bypassed node: which of its inputs it passes on depends on what is wanted.

    `wanted` is the type of the subgraph's input on the way to it, if there is one.
    """

    frame: Frame
    node: Node
    index: int
    wanted: str | None = None


Source = Output | Typed | Promoted | None
# A level and the output there that a link comes from.
Point = tuple[Frame, str, int]
Way = tuple[Frame, Link]


@dataclass(frozen=True, slots=True)
class Places:
    """Where each type first stands among the inputs of a node."""

    exact: dict[str, int]
    parts: dict[str, int]

    @classmethod
    def of(cls, inputs: tuple[Slot, ...]) -> "Places":
        exact: dict[str, int] = {}
        parts: dict[str, int] = {}
        for place, slot in enumerate(inputs):
            exact.setdefault(slot.type, place)
            for part in parts_of(slot.type):
                parts.setdefault(part, place)
        return cls(exact, parts)

    def first(self, wanted: str) -> int | None:
        if wanted in self.exact:
            return self.exact[wanted]
        return min((self.parts[part] for part in (*parts_of(wanted), "*") if part in self.parts), default=None)


class Resolver:
    """Follows links; each step is taken once, whatever number of inputs lies behind it."""

    def __init__(self, classes: Classes) -> None:
        self._classes = classes
        self._sockets: dict[Node, tuple[Slot, ...]] = {}
        self._ends: dict[Point, Source | Past] = {}
        self._sources: dict[tuple[Past, str], Source] = {}
        self._places: dict[int, Places] = {}

    def source(self, frame: Frame, link: Link, wanted: str) -> Source:
        """None where the link leads to nothing: a muted or missing node, a loop, an unconnected end."""
        trail: dict[tuple[Past, str], None] = {}
        end = self._end(frame, link)
        while isinstance(end, Past):
            step = (end, end.wanted or wanted)
            if step in self._sources or step in trail:
                end = self._sources.get(step)
                break
            trail[step] = None
            way = self._past(*step)
            if way is None:
                end = None
                break
            onward, wanted = way
            end = self._end(*onward)
        for step in trail:
            self._sources[step] = end
        return end

    def _end(self, frame: Frame, link: Link) -> Source | Past:
        """As far as the way does not depend on the type that is wanted."""
        trail: dict[Point, str | None] = {}
        here: Way | Source | Past = (frame, link)
        while isinstance(here, tuple):
            level, follow = here
            point = (level, follow.origin, follow.origin_slot)
            if point in self._ends or point in trail:
                here = self._ends.get(point)
                break
            trail[point] = _crossed(level, follow)
            here = _before(level, follow)
        for point, crossed in reversed(trail.items()):
            if crossed and isinstance(here, Past) and here.wanted is None:
                here = replace(here, wanted=crossed)
            self._ends[point] = here
        return here

    def _past(self, past: Past, wanted: str) -> tuple[Way, str] | None:
        """A bypassed node passes on one of its inputs; if that one is unconnected, the link is gone."""
        frame, node = past.frame, past.node
        inner = frame.inside.get(node.id)
        inputs = inner.definition.inputs if inner else self._inputs_of(node)
        outputs = inner.definition.outputs if inner else node.outputs
        made = outputs[past.index].type if 0 <= past.index < len(outputs) else "*"
        chosen = self._passed_on(inputs, past.index, made, wanted)
        if chosen is None:
            return None
        link = link_to_input(inner, chosen) if inner else _link_into(frame, node, inputs[chosen].name)
        return ((frame, link), inputs[chosen].type) if link else None

    def _inputs_of(self, node: Node) -> tuple[Slot, ...]:
        if node not in self._sockets:
            self._sockets[node] = sockets(node, self._classes)
        return self._sockets[node]

    def _passed_on(self, inputs: tuple[Slot, ...], index: int, made: str, wanted: str) -> int | None:
        opposite = inputs[index] if 0 <= index < len(inputs) else None
        if wanted == "*":
            return index if opposite else (0 if inputs else None)
        if opposite and connects(opposite.type, made) and connects(opposite.type, wanted):
            return index
        places = self._places.get(id(inputs))
        if places is None:
            places = self._places[id(inputs)] = Places.of(inputs)
        return places.first(wanted)


def _before(frame: Frame, link: Link) -> Way | Source | Past:
    if link.origin == INNER_INPUT:
        return _outside(frame, link.origin_slot)
    node = frame.scope.nodes.get(link.origin)
    if node is None:
        return None
    if node.type == PRIMITIVE:
        return Typed(frame, node)
    if node.mode == MUTED:
        return None
    if node.type == REROUTE:
        before = next(iter(frame.scope.links_into(node).values()), None)
        return (frame, before[0]) if before else None
    if node.mode == BYPASSED:
        return Past(frame, node, link.origin_slot)
    inner = frame.inside.get(node.id)
    if inner is not None:
        return _inside(inner, node, link.origin_slot)
    return Output(frame, node, link.origin_slot)


def _crossed(frame: Frame, link: Link) -> str | None:
    """The type of the subgraph's input that the link comes from."""
    if link.origin != INNER_INPUT or not isinstance(frame, InnerFrame):
        return None
    inputs = frame.definition.inputs
    return inputs[link.origin_slot].type if 0 <= link.origin_slot < len(inputs) else None


def _outside(frame: Frame, index: int) -> Way | Source:
    """From an input of a subgraph to what is linked to its instance."""
    if not isinstance(frame, InnerFrame) or not 0 <= index < len(frame.definition.inputs):
        return None
    link = link_to_input(frame, index)
    if link is None:
        return Promoted(frame, index)
    return frame.parent, link


def link_to_input(frame: InnerFrame, index: int) -> Link | None:
    """The link into one of an instance's slots; what the file lists of them may be incomplete or in another order."""
    scope, instance = frame.parent.scope, frame.instance
    link = _link_into(frame.parent, instance, frame.definition.inputs[index].name)
    if link is None and index >= len(instance.inputs):
        link = scope.link_at(instance.id, index)
    return link


def _link_into(frame: Frame, node: Node, name: str) -> Link | None:
    wire = frame.scope.links_into(node).get(name)
    return wire[0] if wire else None


def promotions(frame: Frame, link: Link) -> list[Promoted]:
    """The inputs of subgraphs that a link passes on its way out, outermost first."""
    found: list[Promoted] = []
    follow: Link | None = link
    level = frame
    while follow is not None and isinstance(level, InnerFrame) and follow.origin == INNER_INPUT:
        if not 0 <= follow.origin_slot < len(level.definition.inputs):
            break
        found.insert(0, Promoted(level, follow.origin_slot))
        follow, level = link_to_input(level, follow.origin_slot), level.parent
    return found


def _inside(inner: InnerFrame, instance: Node, index: int) -> Way | None:
    """From an output of an instance to what feeds it inside."""
    outputs = inner.definition.outputs
    listed = instance.outputs[index].name if 0 <= index < len(instance.outputs) else None
    if listed is not None and not (index < len(outputs) and outputs[index].name == listed):
        index = inner.definition.output_places.get(listed, index)
    link = inner.scope.link_at(INNER_OUTPUT, index) if 0 <= index < len(outputs) else None
    return (inner, link) if link else None


def connects(one: str, other: str) -> bool:
    """Whether a link may join the two types."""
    return one == other or "*" in (one, other) or not parts_of(one).isdisjoint(parts_of(other))


def parts_of(kind: str) -> frozenset[str]:
    """A type may be a union: `IMAGE,MASK`."""
    return frozenset(part.strip() for part in kind.lower().split(","))
