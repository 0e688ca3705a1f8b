"""What a running prompt tells its client about nodes, steps and previews."""

import time
from dataclasses import dataclass, field
from typing import Any

from spoonfeeder.simulator import frames
from spoonfeeder.simulator.sockets import Sockets

RATE_LIMIT_SECONDS = 0.1
RATE_LIMIT_SHARE = 0.005


@dataclass(frozen=True)
class NodeIds:
    """A node of the submitted graph, or one that was expanded at run time and is shown as its parent."""

    node_id: str
    parent: str | None = None

    @property
    def display(self) -> str:
        return self.parent or self.node_id

    def meta(self) -> dict[str, Any]:
        return {
            "node_id": self.node_id,
            "display_node": self.display,
            "parent_node": self.parent,
            "real_node_id": self.display,
        }

    def metadata(self, prompt_id: str) -> dict[str, Any]:
        return {
            "node_id": self.node_id,
            "prompt_id": prompt_id,
            "display_node_id": self.display,
            "parent_node_id": self.parent,
            "real_node_id": self.display,
        }


@dataclass
class Progress:
    sockets: Sockets
    prompt_id: str
    limits_rate: bool
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    _sent: dict[str, tuple[float, float]] = field(default_factory=dict)

    def start(self, ids: NodeIds) -> None:
        self.nodes[ids.node_id] = {"value": 0.0, "max": 1.0, "state": "running", **ids.metadata(self.prompt_id)}
        self._send_state()

    def finish(self, ids: NodeIds) -> None:
        state = self.nodes.setdefault(ids.node_id, {"value": 1.0, "max": 1.0, **ids.metadata(self.prompt_id)})
        state.update(value=state["max"], state="finished")
        self._send_state()

    def step(
        self, ids: NodeIds, value: float, total: float, picture: bytes | None = None, kind: int = frames.JPEG
    ) -> None:
        """Without a picture the newer version leaves steps out, but never the first nor the last."""
        self.nodes[ids.node_id].update(value=value, max=total, state="running")
        if picture is None and not self._is_due(ids.node_id, value, total):
            return
        self._send_state()
        owner = self.sockets.client_id
        if picture is not None and self.sockets.takes_metadata():
            self.sockets.send_message(frames.image_with_metadata(picture, kind, ids.metadata(self.prompt_id)), owner)
        told = {"value": value, "max": total, "prompt_id": self.prompt_id, "node": ids.node_id}
        self.sockets.send("progress", told, owner)
        if picture is not None and not self.sockets.takes_metadata():
            self.sockets.send_message(frames.image(picture, kind), owner)

    def text(self, ids: NodeIds, words: str) -> None:
        self.sockets.send_message(frames.text(ids.node_id, words), self.sockets.client_id)

    def _is_due(self, node_id: str, value: float, total: float) -> bool:
        now = time.monotonic()
        last = self._sent.get(node_id)
        if self.limits_rate and last is not None and value < total:
            sent_at, sent_value = last
            if now - sent_at < RATE_LIMIT_SECONDS or (value - sent_value) < total * RATE_LIMIT_SHARE:
                return False
        self._sent[node_id] = (now, value)
        return True

    def _send_state(self) -> None:
        self.sockets.send("progress_state", {"prompt_id": self.prompt_id, "nodes": self.nodes}, self.sockets.client_id)
