"""Runs one prompt: events, caching, expansion, errors and interrupts as ComfyUI's executor has them."""

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spoonfeeder.simulator.failures import describe, shown
from spoonfeeder.simulator.fingerprints import stamp_of
from spoonfeeder.simulator.node_run import Interrupted, NodeRun, Stopped, Surroundings
from spoonfeeder.simulator.nodes import FUNCTIONS, Result, pass_through
from spoonfeeder.simulator.progress import NodeIds, Progress
from spoonfeeder.simulator.queue import Item, Outcome
from spoonfeeder.simulator.schedule import Schedule, is_link, signatures, sources
from spoonfeeder.simulator.sockets import Sockets


@dataclass(frozen=True)
class Kept:
    """What a node left behind: in the cache, and during the run."""

    outputs: tuple[Any, ...]
    ui: dict[str, Any] | None


@dataclass
class Prompt:
    """One prompt on its way through the executor."""

    prompt_id: str
    graph: dict[str, Any]
    extra_data: dict[str, Any]
    progress: Progress
    signatures: dict[str, str] = field(default_factory=dict)
    values: dict[str, Kept] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    expanded: dict[str, Result] = field(default_factory=dict)
    executed: list[str] = field(default_factory=list)
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)

    def ids(self, node_id: str) -> NodeIds:
        return NodeIds(node_id, self.parents.get(node_id))


class Executor:
    def __init__(self, around: Surroundings, sockets: Sockets, note_sampling: Callable[[str, str], None]) -> None:
        self._around = around
        self._sockets = sockets
        self._note_sampling = note_sampling
        self._cache: dict[str, Kept] = {}

    def forget(self) -> None:
        self._cache.clear()

    def run(self, item: Item) -> Outcome:
        """Raises Stopped if the simulator ends meanwhile; any other failure is an outcome."""
        self._around.interrupt.clear()
        self._sockets.client_id = item.extra_data.get("client_id")
        progress = Progress(self._sockets, item.prompt_id, self._around.options.profile.limits_progress_rate)
        prompt = Prompt(item.prompt_id, dict(item.graph), item.extra_data, progress)
        self._tell(prompt, "execution_start", {"prompt_id": item.prompt_id})
        self._look_into_cache(prompt)
        completed = self._run_nodes(prompt, item.targets)
        self._sockets.last_node_id = None
        return Outcome(prompt.outputs, prompt.meta, completed, prompt.messages, prompt.executed)

    def _look_into_cache(self, prompt: Prompt) -> None:
        prompt.signatures = signatures(prompt.graph, lambda node_id, node: stamp_of(node_id, node, self._around))
        wanted = set(prompt.signatures.values())
        self._cache = {signature: kept for signature, kept in self._cache.items() if signature in wanted}
        cached = [node_id for node_id, signature in prompt.signatures.items() if signature in self._cache]
        prompt.values = {node_id: self._cache[prompt.signatures[node_id]] for node_id in cached}
        self._tell(prompt, "execution_cached", {"nodes": cached, "prompt_id": prompt.prompt_id})

    def _run_nodes(self, prompt: Prompt, targets: list[str]) -> bool:
        schedule = Schedule(lambda node_id: self._is_output(prompt, node_id), lambda node_id: node_id in prompt.values)
        for target in targets:
            schedule.add(target, lambda node_id: self._needs(prompt, node_id))
        while (node_id := schedule.pick()) is not None:
            try:
                finished = self._run_node(prompt, node_id, schedule)
            except Stopped:
                raise
            except Interrupted:
                self._tell_interrupted(prompt, node_id)
                return False
            except Exception as error:  # noqa: BLE001  a node may raise anything
                self._tell_failed(prompt, node_id, error)
                return False
            if finished:
                schedule.remove(node_id)
        self._tell(prompt, "execution_success", {"prompt_id": prompt.prompt_id})
        return True

    def _run_node(self, prompt: Prompt, node_id: str, schedule: Schedule) -> bool:
        """False if the node expanded into others and has to wait for them."""
        ids = prompt.ids(node_id)
        signature = prompt.signatures[node_id]
        if signature in self._cache:
            kept = prompt.values[node_id] = self._cache[signature]
            self._announce(prompt, ids, kept.ui, even_if_none=True)
            prompt.progress.finish(ids)
            return True
        if node_id in prompt.expanded:
            result = prompt.expanded[node_id]
            self._keep(prompt, ids, Kept(tuple(self._resolve(prompt, link) for link in result.outputs), result.ui))
            return True
        result = self._call(prompt, ids)
        if result.expansion is not None:
            self._expand(prompt, node_id, result, schedule)
            return False
        self._keep(prompt, ids, Kept(result.outputs, result.ui))
        return True

    def _call(self, prompt: Prompt, ids: NodeIds) -> Result:
        prompt.progress.start(ids)
        if self._sockets.client_id is not None:
            self._sockets.last_node_id = ids.display
            told = {"node": ids.node_id, "display_node": ids.display, "prompt_id": prompt.prompt_id}
            self._sockets.send("executing", told, self._sockets.client_id)
        node = prompt.graph[ids.node_id]
        run = NodeRun(
            ids=ids,
            class_type=node["class_type"],
            digest=prompt.signatures[ids.node_id],
            prompt=prompt.graph,
            extra_data=prompt.extra_data,
            around=self._around,
            progress=prompt.progress,
            note_sampling=lambda class_type: self._note_sampling(prompt.prompt_id, class_type),
        )
        run.check()
        inputs = {name: self._resolve(prompt, value) for name, value in node["inputs"].items()}
        return FUNCTIONS.get(node["class_type"], pass_through)(run, inputs)

    def _keep(self, prompt: Prompt, ids: NodeIds, kept: Kept) -> None:
        prompt.values[ids.node_id] = kept
        self._cache[prompt.signatures[ids.node_id]] = kept
        prompt.executed.append(ids.node_id)
        self._announce(prompt, ids, kept.ui)
        prompt.progress.finish(ids)

    def _announce(self, prompt: Prompt, ids: NodeIds, ui: dict[str, Any] | None, *, even_if_none: bool = False) -> None:
        if ui is not None:
            prompt.outputs[ids.node_id] = ui
            prompt.meta[ids.node_id] = ids.meta()
        if self._sockets.client_id is not None and (ui is not None or even_if_none):
            told = {"node": ids.node_id, "display_node": ids.display, "output": ui, "prompt_id": prompt.prompt_id}
            self._sockets.send("executed", told, self._sockets.client_id)

    def _expand(self, prompt: Prompt, node_id: str, result: Result, schedule: Schedule) -> None:
        new = result.expansion or {}
        prompt.graph |= new
        prompt.parents |= dict.fromkeys(new, prompt.ids(node_id).display)
        prompt.expanded[node_id] = result
        prompt.signatures |= signatures(new, lambda inner, node: [prompt.signatures[node_id], inner])
        for inner in new:
            schedule.add(inner, lambda needing: self._needs(prompt, needing))
        schedule.wait_for(node_id, set(new))

    def _needs(self, prompt: Prompt, node_id: str) -> list[str]:
        node = prompt.graph[node_id]
        spec = self._around.catalogue.classes[node["class_type"]]["input"]
        return sources(node, {*spec.get("required", {}), *spec.get("optional", {})})

    def _is_output(self, prompt: Prompt, node_id: str) -> bool:
        return self._around.catalogue.is_output_node(prompt.graph[node_id]["class_type"])

    def _resolve(self, prompt: Prompt, value: Any) -> Any:
        if not is_link(value) or value[0] not in prompt.values:
            return value
        return prompt.values[value[0]].outputs[value[1]]

    def _tell(self, prompt: Prompt, event: str, data: Mapping[str, Any], *, to_all_if_ownerless: bool = False) -> None:
        told = {**data, "timestamp": int(time.time() * 1000)}
        prompt.messages.append((event, told))
        if self._sockets.client_id is not None or to_all_if_ownerless:
            self._sockets.send(event, told, self._sockets.client_id)

    def _tell_interrupted(self, prompt: Prompt, node_id: str) -> None:
        self._tell(
            prompt,
            "execution_interrupted",
            {
                "prompt_id": prompt.prompt_id,
                "node_id": node_id,
                "node_type": prompt.graph[node_id]["class_type"],
                "executed": list(prompt.executed),
            },
            to_all_if_ownerless=True,
        )

    def _tell_failed(self, prompt: Prompt, node_id: str, error: Exception) -> None:
        message, kind = describe(error)
        inputs = prompt.graph[node_id]["inputs"]
        self._tell(
            prompt,
            "execution_error",
            {
                "prompt_id": prompt.prompt_id,
                "node_id": node_id,
                "node_type": prompt.graph[node_id]["class_type"],
                "executed": list(prompt.executed),
                "exception_message": message,
                "exception_type": kind,
                "traceback": traceback.format_tb(error.__traceback__),
                "current_inputs": {name: [shown(self._resolve(prompt, value))] for name, value in inputs.items()},
                "current_outputs": list(prompt.graph),
            },
        )
