"""The typed events of one ComfyUI run: what its socket says, and what following a run adds to that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spoonfeeder.comfy.errors import Failure


@dataclass(frozen=True, slots=True)
class Started:
    """ComfyUI took the prompt; `at_ms` is its clock, None when only seen by asking."""

    prompt_id: str
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture in the making. Without ids as it comes (frame 1), with the node where ComfyUI names it."""

    prompt_id: str | None
    node: str | None
    image: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class NodeText:
    """A line of text that a node shows while it works."""

    prompt_id: str | None
    node: str
    text: str


@dataclass(frozen=True, slots=True)
class NodeOutput:
    """A node's `ui` output as it came, before the history has it."""

    prompt_id: str
    node: str
    display_node: str
    output: Mapping[str, Any]


# Only from the socket.


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """Somebody's prompt was queued, taken, finished or deleted."""

    remaining: int


@dataclass(frozen=True, slots=True)
class SocketLost:
    """The socket closed: events may be missing from here on."""


@dataclass(frozen=True, slots=True)
class Cached:
    prompt_id: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeStarted:
    prompt_id: str
    node: str
    display_node: str


@dataclass(frozen=True, slots=True)
class NodeState:
    node: str
    value: float
    maximum: float
    finished: bool


@dataclass(frozen=True, slots=True)
class NodeStates:
    """All nodes that ran or run so far (`progress_state`)."""

    prompt_id: str
    states: tuple[NodeState, ...]


@dataclass(frozen=True, slots=True)
class StepProgress:
    prompt_id: str
    node: str
    value: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Closing:
    """The run ended (`kind` is ComfyUI's own event name); the history entry is written a moment later."""

    prompt_id: str
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Left:
    """The worker is done with the prompt and the history entry is there."""

    prompt_id: str


# Only from following a run.


@dataclass(frozen=True, slots=True)
class Queued:
    """Waiting in ComfyUI with `ahead` prompts, of anybody, before it."""

    prompt_id: str
    ahead: int


@dataclass(frozen=True, slots=True)
class Progress:
    """0-99, never going back, and the node at work. `step` of `steps` while that node counts."""

    prompt_id: str
    percent: int
    node: str | None = None
    title: str | None = None
    class_type: str | None = None
    step: int | None = None
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class FinalImage:
    """A result that ComfyUI sends over the socket only and keeps nowhere; `index` counts per node from 0."""

    prompt_id: str
    node: str
    index: int
    image: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Succeeded:
    """`missed_events`: the socket was away meanwhile, so `FinalImage`s may be missing."""

    prompt_id: str
    entry: Mapping[str, Any]
    missed_events: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """`entry` may still list outputs saved before; None where ComfyUI's record is unusable."""

    prompt_id: str
    entry: Mapping[str, Any] | None
    failure: Failure


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Stopped by an interrupt, ours or anybody's; only the caller knows whether it asked."""

    prompt_id: str
    entry: Mapping[str, Any]
    failure: Failure


@dataclass(frozen=True, slots=True)
class Lost:
    """In neither queue nor history three times: deleted, cleared or restarted. Never means done."""

    prompt_id: str
    failure: Failure


Owned = Started | NodeOutput | Cached | NodeStarted | NodeStates | StepProgress | Closing | Left
SocketEvent = Owned | Preview | NodeText | QueueChanged
WatchEvent = SocketEvent | SocketLost | FinalImage
End = Succeeded | Failed | Interrupted | Lost
RunEvent = Queued | Started | Progress | Preview | FinalImage | NodeText | NodeOutput | End
