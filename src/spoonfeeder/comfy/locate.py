"""Where a prompt is, and the one shared, unhurried reading of ComfyUI's queue behind that."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spoonfeeder.comfy.errors import ComfyError, Unreadable

SUBMIT = "spoonfeeder_submit"
"""In a prompt's extra_data: the how manieth submit of its generation it is."""


@dataclass(frozen=True, slots=True)
class Finished:
    """It ran, well or not; `entry` is ComfyUI's history entry."""

    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Running:
    """The worker has it."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Waiting with `ahead` prompts before it; `running` are the prompts at work, of anybody."""

    ahead: int
    running: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """In neither queue nor history: lost, deleted or never accepted. Never means done."""


Location = Finished | Running | Pending | Absent


@dataclass(frozen=True, slots=True)
class QueueView:
    """Prompt ids; `pending` in the order in which they will run. `submits` are the numbers that we gave to ours."""

    running: tuple[str, ...]
    pending: tuple[str, ...]
    submits: Mapping[str, int] = field(default_factory=dict)

    def find(self, prompt_id: str) -> Running | Pending | None:
        if prompt_id in self.running:
            return Running()
        if prompt_id in self.pending:
            return Pending(len(self.running) + self.pending.index(prompt_id), self.running)
        return None


def parse_queue(body: Any) -> QueueView:
    """GET /queue. Pending comes as a heap: lowest number first, equal numbers by id. Raises Unreadable."""
    if not isinstance(body, dict):
        raise Unreadable("ComfyUI's queue could not be read.")
    running, pending = (_items(body.get(name)) for name in ("queue_running", "queue_pending"))
    return QueueView(
        running=tuple(item[1] for item in running),
        pending=tuple(prompt for _, prompt in sorted((item[0], item[1]) for item in pending)),
        submits={item[1]: number for item in (*running, *pending) if (number := _submit(item)) is not None},
    )


def _items(listed: Any) -> list[list[Any]]:
    if not isinstance(listed, list):
        raise Unreadable("ComfyUI's queue could not be read.")
    return [
        item
        for item in listed
        if isinstance(item, list) and len(item) > 1 and isinstance(item[0], int | float) and isinstance(item[1], str)
    ]


def _submit(item: list[Any]) -> int | None:
    extra_data = item[3] if len(item) > 3 else None
    number = extra_data.get(SUBMIT) if isinstance(extra_data, dict) else None
    return number if isinstance(number, int) else None


class QueuePoller:
    """Reads the queue at most once per interval for everybody who asks meanwhile.

    Whoever asks gets a reading that began after the question, so two answers to one asker are two readings.
    """

    def __init__(self, read: Callable[[], Awaitable[QueueView]], interval_seconds: float) -> None:
        self._read = read
        self._interval_seconds = interval_seconds
        self._turn = asyncio.Lock()
        self._began = float("-inf")
        self._result: QueueView | ComfyError | None = None

    async def view(self) -> QueueView:
        """Raises what the reading raised, to all who shared it."""
        asked = asyncio.get_running_loop().time()
        async with self._turn:
            result = self._result
            if result is None or self._began < asked:
                result = await self._read_in_turn()
        if isinstance(result, ComfyError):
            raise result
        return result

    async def _read_in_turn(self) -> QueueView | ComfyError:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._began + self._interval_seconds - loop.time()))
        self._began, self._result = loop.time(), None
        try:
            self._result = await self._read()
        except ComfyError as error:
            self._result = error
        return self._result
