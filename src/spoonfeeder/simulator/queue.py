"""Waiting and running prompts and the history, all in memory."""

import heapq
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Item(NamedTuple):
    number: float
    prompt_id: str
    graph: dict[str, Any]
    extra_data: dict[str, Any]
    targets: list[str]

    def without_secrets(self) -> "Item":
        return self._replace(extra_data={name: value for name, value in self.extra_data.items() if name not in SECRETS})


HISTORY_LIMIT = 10_000
SECRETS = ("auth_token_comfy_org", "api_key_comfy_org")


@dataclass
class Outcome:
    """How a run ended, as the history tells it."""

    outputs: dict[str, Any]
    meta: dict[str, Any]
    completed: bool
    messages: list[tuple[str, dict[str, Any]]]
    executed: list[str]

    def status(self) -> dict[str, Any]:
        return {
            "status_str": "success" if self.completed else "error",
            "completed": self.completed,
            "messages": self.messages,
        }


@dataclass
class Flags:
    unload_models: bool = False
    free_memory: bool = False


@dataclass
class PromptQueue:
    changed: Callable[[], None] = lambda: None
    pending: list[Item] = field(default_factory=list)
    running: dict[int, Item] = field(default_factory=dict)
    history: dict[str, dict[str, Any]] = field(default_factory=dict)
    flags: Flags = field(default_factory=Flags)
    _task: int = 0
    _lock: threading.Condition = field(default_factory=threading.Condition)

    def put(self, item: Item) -> None:
        """A heap by number, then prompt id. Two items that agree in both raise TypeError *after* the second was added,
        which is how ComfyUI answers 500 and runs it all the same."""
        with self._lock:
            heapq.heappush(self.pending, item)
            self.changed()
            self._lock.notify()

    def get(self, timeout_seconds: float) -> tuple[int, Item] | None:
        with self._lock:
            if not self.pending:
                self._lock.wait(timeout_seconds)
            if not self.pending:
                return None
            item = heapq.heappop(self.pending)
            self._task += 1
            self.running[self._task] = item
            self.changed()
            return self._task, item

    def wake(self) -> None:
        with self._lock:
            self._lock.notify_all()

    def done(self, task: int, outcome: Outcome) -> None:
        with self._lock:
            item = self.running.pop(task)
            while len(self.history) >= HISTORY_LIMIT:
                del self.history[next(iter(self.history))]
            self.history.pop(item.prompt_id, None)
            self.history[item.prompt_id] = {
                "prompt": item.without_secrets(),
                "outputs": outcome.outputs,
                "status": outcome.status(),
                "meta": outcome.meta,
            }
            self.changed()

    def remaining(self) -> int:
        with self._lock:
            return len(self.pending) + len(self.running)

    def info(self) -> dict[str, Any]:
        return {"exec_info": {"queue_remaining": self.remaining()}}

    def snapshot(self) -> tuple[list[Item], list[Item]]:
        """Running and pending items; pending in heap order."""
        with self._lock:
            return list(self.running.values()), list(self.pending)

    def clear(self) -> None:
        with self._lock:
            self.pending.clear()
            self.changed()

    def delete(self, prompt_id: Any) -> bool:
        """Takes the first pending item of that id out."""
        with self._lock:
            for index, item in enumerate(self.pending):
                if item.prompt_id == prompt_id:
                    self.pending.pop(index)
                    heapq.heapify(self.pending)
                    self.changed()
                    return True
        return False

    def is_running(self, prompt_id: Any) -> bool:
        with self._lock:
            return any(item.prompt_id == prompt_id for item in self.running.values())

    def take_flags(self) -> Flags:
        with self._lock:
            taken, self.flags = self.flags, Flags()
            return taken

    def entry(self, prompt_id: str) -> dict[str, Any] | None:
        with self._lock:
            return self.history.get(prompt_id)

    def entries(self, max_items: int | None, offset: int) -> dict[str, dict[str, Any]]:
        """Oldest first; without an offset the newest `max_items`."""
        with self._lock:
            ids = list(self.history)
            start = offset if offset >= 0 or max_items is None else len(ids) - max_items
            chosen = ids[max(0, start) :][:max_items]
            return {prompt_id: self.history[prompt_id] for prompt_id in chosen}

    def forget(self, prompt_id: Any) -> None:
        with self._lock:
            self.history.pop(prompt_id, None)

    def forget_all(self) -> None:
        with self._lock:
            self.history.clear()

    def all_history(self) -> Mapping[str, dict[str, Any]]:
        with self._lock:
            return dict(self.history)
