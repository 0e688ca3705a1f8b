"""The one WebSocket of a worker process to one ComfyUI, read without pause (a slow reader stops everybody's events)."""

import asyncio
import logging
import random
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import quote
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from spoonfeeder.comfy.events import (
    Closing,
    Left,
    NodeStarted,
    NodeText,
    Preview,
    QueueChanged,
    SocketEvent,
    SocketLost,
    StepProgress,
    WatchEvent,
)
from spoonfeeder.comfy.frames import FEATURE_FLAGS, parse_frame, parse_text
from spoonfeeder.comfy.watch import Watch
from spoonfeeder.comfy.wording import Graph
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.targets import TargetPolicy

MAX_MESSAGE_BYTES = 100 * 1024 * 1024
OPEN_TIMEOUT_SECONDS = 5.0
PING_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0

logger = logging.getLogger(__name__)


class Feed:
    """Opens with `async with`, then reconnects by itself until left; hands each prompt's events to its `Watch`es.

    Every connection has a fresh clientId: with a reused one ComfyUI can leave the newer socket deaf (PROTOCOL.md 6).
    Prompts submitted under an earlier id send to nobody any more; whoever follows them asks over HTTP.
    """

    def __init__(self, base_url: str, policy: TargetPolicy, *, headers: Mapping[str, str] | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._policy = policy
        self._headers = dict(headers or {})
        self._client_id = uuid4().hex
        self._watches: dict[str, set[Watch]] = {}
        self._executing: dict[str, str | None] = {}
        self._connected = asyncio.Event()
        self._attempts = 0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name=f"comfy feed {self._base_url}")
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    @property
    def client_id(self) -> str:
        """What a prompt must carry so that its events come here; changes with every connection."""
        return self._client_id

    @property
    def connected(self) -> bool:
        return self._connected.is_set()

    async def wait_connected(self, timeout_seconds: float) -> bool:
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._connected.wait()
        except TimeoutError:
            return False
        return True

    def watch(self, prompt_id: str, graph: Graph) -> Watch:
        """The events of one prompt from now on; open it before the submit and leave it (`with`) after the end."""
        watch = Watch(prompt_id, graph, self._forget)
        self._watches.setdefault(prompt_id, set()).add(watch)
        return watch

    def _forget(self, watch: Watch) -> None:
        watches = self._watches.get(watch.prompt_id, set())
        watches.discard(watch)
        if not watches:
            self._watches.pop(watch.prompt_id, None)
            self._executing.pop(watch.prompt_id, None)

    async def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            self._client_id = uuid4().hex
            try:
                async with await self._open() as socket:
                    await self._read(socket)
            except (OSError, WebSocketException, AppError, ValueError) as error:
                logger.debug("socket of %s: %s", self._base_url, error)
            except Exception:
                logger.exception("reading the socket of %s failed; it is opened again", self._base_url)
            pause = FIRST_PAUSE_SECONDS if self.connected else min(pause * 2, LONGEST_PAUSE_SECONDS)
            self._lost()
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))

    async def _open(self) -> ClientConnection:
        target = await self._policy.resolve(self._base_url)
        address = target.addresses[self._attempts % len(target.addresses)]
        self._attempts += 1
        return await connect(
            f"ws{self._base_url.removeprefix('http')}/ws?clientId={quote(self._client_id)}",
            host=address,
            port=target.port,
            proxy=None,
            compression=None,
            max_size=MAX_MESSAGE_BYTES,
            additional_headers=self._headers,
            open_timeout=OPEN_TIMEOUT_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=1.0,
        )

    async def _read(self, socket: ClientConnection) -> None:
        await socket.send(FEATURE_FLAGS)
        async for message in socket:
            if not self.connected:
                self._attempts -= 1
                self._connected.set()
            event = parse_text(message) if isinstance(message, str) else parse_frame(message)
            if event is not None:
                self._deliver(event, len(message))

    def _lost(self) -> None:
        self._executing.clear()
        if self.connected:
            self._connected.clear()
            self._tell_all(SocketLost())

    def _deliver(self, event: SocketEvent, size: int) -> None:
        if isinstance(event, QueueChanged):
            self._tell_all(event)
            return
        if isinstance(event, Preview | NodeText) and event.prompt_id is None:
            event = self._claimed(event) or event
        watches = self._watches.get(event.prompt_id or "", ())
        if watches and not isinstance(event, Preview | NodeText):
            self._note_executing(event)
        for watch in watches:
            watch.offer(event, size)

    def _tell_all(self, event: WatchEvent) -> None:
        for watches in self._watches.values():
            for watch in watches:
                watch.offer(event, 0)

    def _note_executing(self, event: SocketEvent) -> None:
        match event:
            case Closing(prompt_id=prompt) | Left(prompt_id=prompt):
                self._executing.pop(prompt, None)
            case NodeStarted(prompt_id=prompt, node=node) | StepProgress(prompt_id=prompt, node=node):
                self._executing[prompt] = node

    def _claimed(self, event: Preview | NodeText) -> Preview | NodeText | None:
        """A frame that names no prompt, given to ours if exactly one of ours executes (PROTOCOL.md 5.3)."""
        if len(self._executing) != 1:
            return None
        [(prompt, node)] = self._executing.items()
        if isinstance(event, Preview):
            return Preview(prompt, node, event.image, event.media_type)
        return NodeText(prompt, event.node, event.text)
