"""How far a run is, as one integer that never goes back."""

from collections.abc import Mapping
from typing import Any

from spoonfeeder.comfy.events import (
    Cached,
    NodeStarted,
    NodeStates,
    Progress,
    StepProgress,
    WatchEvent,
)
from spoonfeeder.comfy.wording import Graph, name_node, root_id

MOST_STEPS = 1_000
STEP_WEIGHT = 2.0
NOT_DONE = 0.99  # a node's last step is not its end: VAE decode and saving inside it may follow


class ProgressMeter:
    """Weighs each node 1 and each sampler 2 for every step; cached nodes are done. 100 is left to the completed row."""

    def __init__(self, prompt_id: str, graph: Graph) -> None:
        self._prompt_id = prompt_id
        self._graph = graph
        self._weights = {node_id: weight_of(graph, node_id) for node_id in graph}
        self._done: dict[str, float] = {}
        self._children: dict[str, dict[str, float]] = {}
        self._node: str | None = None
        self._count: tuple[int, int] | None = None
        self._states_seen = False
        self._last = Progress(prompt_id, 0)

    def hear(self, event: WatchEvent) -> Progress | None:
        """The new progress, if this event changed it."""
        match event:
            case Cached(nodes=nodes):
                self._done.update(dict.fromkeys(self._weights.keys() & set(nodes), 1.0))
            case NodeStarted(node=node):
                self._start(node)
            case StepProgress(node=node, value=value, maximum=maximum):
                self._node = node
                self._step(node, value, maximum)
            case NodeStates():
                self._take_states(event)
            case _:
                return None
        return self._changed()

    def _start(self, node: str) -> None:
        # Before 0.3.45 nothing but the next node's start says that a node ended.
        if not self._states_seen and self._node not in {None, node}:
            self._set(str(self._node), 1.0)
        self._node, self._count = node, None

    def _step(self, node: str, value: float, maximum: float) -> None:
        if maximum <= 0:
            return
        if maximum > 1:
            self._count = (int(min(value, maximum)), int(maximum))
            self._reweigh(node, maximum)
        self._set(node, min(value / maximum, NOT_DONE))

    def _take_states(self, event: NodeStates) -> None:
        self._states_seen = True
        for state in event.states:
            if state.finished:
                self._set(state.node, 1.0)
            elif state.node == self._node:
                self._step(state.node, state.value, state.maximum)
            elif state.maximum > 0:
                self._set(state.node, min(state.value / state.maximum, NOT_DONE))
        if self._node is None and (running := [state.node for state in event.states if not state.finished]):
            self._node = running[-1]

    def _reweigh(self, node: str, maximum: float) -> None:
        if node in self._weights and "Sampler" in str(self._graph[node].get("class_type")):
            self._weights[node] = max(self._weights[node], STEP_WEIGHT * min(maximum, MOST_STEPS))

    def _set(self, node: str, fraction: float) -> None:
        root = root_id(self._graph, node)
        if root != node:
            children = self._children.setdefault(root, {})
            children[node] = max(children.get(node, 0.0), fraction)
            fraction = sum(children.values()) / (len(children) + 1)
        self._done[root] = max(self._done.get(root, 0.0), fraction)

    def _changed(self) -> Progress | None:
        total = sum(self._weights.values()) or 1.0
        done = sum(weight * self._done.get(node, 0.0) for node, weight in self._weights.items())
        percent = max(self._last.percent, min(99, int(99 * done / total)))
        name = name_node(self._graph, self._node) if self._node is not None else None
        step, steps = self._count or (None, None)
        now = Progress(
            self._prompt_id,
            percent,
            node=name.id if name else None,
            title=(name.title or name.class_type) if name else None,
            class_type=name.class_type if name else None,
            step=step,
            steps=steps,
        )
        if now == self._last:
            return None
        self._last = now
        return now


def weight_of(graph: Graph, node_id: str) -> float:
    """By the steps it will take if it samples, else 1."""
    node = graph[node_id]
    inputs = node.get("inputs")
    if not isinstance(inputs, Mapping) or "cheduler" in str(node.get("class_type")):
        return 1.0
    if "sigmas" in inputs and "Sampler" in str(node.get("class_type")):
        inputs = _source_inputs(graph, inputs["sigmas"])
    steps = _whole(graph, inputs.get("steps"))
    if steps is None:
        return 1.0
    first, last = _whole(graph, inputs.get("start_at_step")) or 0, _whole(graph, inputs.get("end_at_step"))
    taken = min(steps, last if last is not None else steps) - first
    return STEP_WEIGHT * max(1, min(taken, MOST_STEPS))


def _whole(graph: Graph, value: Any) -> int | None:
    if isinstance(value, list):
        numbers = [number for number in _source_inputs(graph, value).values() if isinstance(number, int)]
        value = numbers[0] if len(numbers) == 1 else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _source_inputs(graph: Graph, link: Any) -> Mapping[str, Any]:
    source = graph.get(link[0]) if isinstance(link, list) and link and isinstance(link[0], str) else None
    inputs = source.get("inputs") if source else None
    return inputs if isinstance(inputs, Mapping) else {}
