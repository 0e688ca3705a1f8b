"""The conversion of a whole workflow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from spoonfeeder.comfy.conversion.definitions import Definitions
from spoonfeeder.comfy.conversion.frames import Frame, lay_open, runs
from spoonfeeder.comfy.conversion.inputs import Classes
from spoonfeeder.comfy.conversion.resolve import PRIMITIVE, REROUTE
from spoonfeeder.comfy.conversion.sending import Sender
from spoonfeeder.comfy.conversion.shapes import Node, require_shallow, scope_of
from spoonfeeder.comfy.conversion.warnings import ConversionWarning, Warnings
from spoonfeeder.comfy.conversion.weight import Weight
from spoonfeeder.comfy.graph import Graph, GraphError, require_sound
from spoonfeeder.comfy.objects import ObjectInfo

# What the editor draws and the server never sees.
NEVER_SENT = frozenset({"Note", "MarkdownNote", REROUTE, PRIMITIVE})
# When the corpus of the editor's own answers was made.
CORPUS_CLOCK = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Converted:
    """`graph` is empty if nothing in the workflow runs."""

    graph: Graph
    warnings: tuple[ConversionWarning, ...]


def convert(workflow: Mapping[str, Any], object_info: ObjectInfo, *, now: datetime | None = None) -> Converted:
    """The API graph of a workflow in the editor's format (versions 0.4 and 1); `workflow` is not changed.

    With `now` the dates in file names are written out; without, they become ComfyUI's own tokens.
    Raises GraphError for what is no such workflow, contains itself, or is too big.
    """
    if not isinstance(workflow, Mapping) or not isinstance(workflow.get("nodes"), list):
        raise GraphError("This is not a workflow in the editor's format: it has no list of nodes.")
    require_shallow(workflow)
    classes, warnings = Classes(object_info), Warnings()
    definitions = Definitions(workflow, classes)
    frames = lay_open(scope_of(workflow), definitions.find, classes.has_output)
    sender = Sender(frames, classes, warnings, now)
    weight = Weight()
    graph: Graph = {}
    for frame, node in _sent(frames):
        built = sender.node(frame, node)
        weight.add(built)
        graph[sender.ids.of(frame, node)] = built
    require_sound(graph)
    return Converted(graph, tuple(warnings.found))


def corpus_prompt(workflow: Mapping[str, Any], object_info: ObjectInfo) -> Graph:
    """As the corpus's comparison calls it."""
    return convert(workflow, object_info, now=CORPUS_CLOCK).graph


def _sent(frames: list[Frame]) -> Iterator[tuple[Frame, Node]]:
    for frame in frames:
        for node in frame.scope.nodes.values():
            if node.type in NEVER_SENT or node.id in frame.inside or not runs(node):
                continue
            yield frame, node
