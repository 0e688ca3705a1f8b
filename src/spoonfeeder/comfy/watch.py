"""The bounded buffer between the socket of a backend and the one who follows a prompt."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from spoonfeeder.comfy.events import (
    Closing,
    FinalImage,
    Left,
    NodeStates,
    Preview,
    QueueChanged,
    SocketLost,
    Started,
    StepProgress,
    WatchEvent,
)
from spoonfeeder.comfy.wording import Graph, root_id

MAX_EVENTS = 2_000
MAX_EVENT_BYTES = 64 * 1024 * 1024
MAX_IMAGE_BYTES = 256 * 1024 * 1024
MAX_IMAGES = 1_000
MAX_PREVIEW_BYTES = 8 * 1024 * 1024

Key = tuple[str, str | int]


def image_nodes(graph: Graph) -> frozenset[str]:
    """Nodes that send final images as PNG frames: SaveImageWebsocket and its like in custom nodes."""
    return frozenset(node for node, told in graph.items() if "websocket" in str(told.get("class_type", "")).lower())


class Watch:
    """The events of one prompt, waiting to be read.

    The reader of the socket never waits for it: of previews, step counts and node states only the newest of a kind is
    kept, all else that waits is bounded in number and bytes. Final images are bounded over the whole run, since
    whoever reads them must keep them. `missed` says that something was lost, here or with the socket.
    """

    def __init__(self, prompt_id: str, graph: Graph, close: Callable[["Watch"], None]) -> None:
        self.prompt_id = prompt_id
        self.missed = False
        self.graph = graph
        self._image_nodes = image_nodes(graph)
        self._images_seen: dict[str, int] = {}
        self._close = close
        self._pending: dict[Key, tuple[WatchEvent, int]] = {}
        self._bytes = {"event": 0, "image": 0}
        self._count = 0
        self._arrived = asyncio.Event()

    @property
    def brings_images(self) -> bool:
        return bool(self._image_nodes)

    @property
    def holds_images(self) -> bool:
        """Whether a final image, or the word that no more will come, waits to be read."""
        return any(kind in ("image", "turn") for kind, _ in self._pending)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._close(self)
        self._pending.clear()

    def offer(self, event: WatchEvent, size: int) -> None:
        """Called by the feed; `size` is the length of the message. Never waits."""
        if isinstance(event, Preview):
            self._offer_picture(event, size)
        elif isinstance(event, SocketLost):
            self.missed = True
            self._put(("socket", ""), event, 0)
        else:
            self._put(self._key(event), event, size)

    async def next(self, timeout_seconds: float) -> WatchEvent | None:
        """The oldest waiting event; None when none came in time."""
        if not self._pending:
            self._arrived.clear()
            try:
                async with asyncio.timeout(timeout_seconds):
                    await self._arrived.wait()
            except TimeoutError:
                if not self._pending:
                    return None
        key = next(iter(self._pending))
        event, size = self._pending.pop(key)
        if key[0] == "event":
            self._bytes["event"] -= size
        return event

    def _offer_picture(self, event: Preview, size: int) -> None:
        node = event.node and root_id(self.graph, event.node)
        if node in self._image_nodes and event.media_type == "image/png":
            index = self._images_seen.get(node, 0)
            if index >= MAX_IMAGES:
                self.missed = True
                return
            self._images_seen[node] = index + 1
            final = FinalImage(self.prompt_id, node, index, event.image, event.media_type)
            self._put(self._unique("image"), final, size)
        elif size <= MAX_PREVIEW_BYTES:
            self._put(("preview", ""), event, size)

    def _key(self, event: WatchEvent) -> Key:
        match event:
            case StepProgress(node=node):
                return ("step", node)
            case NodeStates():
                return ("states", "")
            case QueueChanged():
                return ("queue", "")
            case Started() | Closing() | Left():
                return ("turn", type(event).__name__)
            case _:
                return self._unique("event")

    def _unique(self, kind: str) -> Key:
        self._count += 1
        return (kind, self._count)

    def _put(self, key: Key, event: WatchEvent, size: int) -> None:
        kind = key[0]
        if kind in self._bytes:
            limit = MAX_IMAGE_BYTES if kind == "image" else MAX_EVENT_BYTES
            if self._bytes[kind] + size > limit or len(self._pending) >= MAX_EVENTS:
                self.missed = True
                return
            self._bytes[kind] += size
        self._pending.pop(key, None)
        self._pending[key] = (event, size)
        self._arrived.set()
