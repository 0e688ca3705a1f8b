"""What a node function may use of its surroundings while it runs."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spoonfeeder.simulator import frames
from spoonfeeder.simulator.catalogue import Catalogue
from spoonfeeder.simulator.files import Folders
from spoonfeeder.simulator.options import Options
from spoonfeeder.simulator.progress import NodeIds, Progress

TICK_SECONDS = 0.01


class Interrupted(Exception):
    """Somebody asked to stop this prompt, and a node looked."""


class Stopped(Exception):
    """The simulator ends in the middle of a prompt."""


@dataclass
class Surroundings:
    """One per simulator: what all prompts share."""

    options: Options
    folders: Folders
    catalogue: Catalogue
    interrupt: threading.Event
    stopping: threading.Event


@dataclass(frozen=True)
class NodeRun:
    """`digest` stands for the node's class and everything upstream of it."""

    ids: NodeIds
    class_type: str
    digest: str
    prompt: Mapping[str, Any]
    extra_data: Mapping[str, Any]
    around: Surroundings
    progress: Progress
    note_sampling: Callable[[str], None]

    @property
    def folders(self) -> Folders:
        return self.around.folders

    def check(self) -> None:
        """Raises Interrupted if an interrupt is asked for, and takes the request away."""
        if self.around.stopping.is_set():
            raise Stopped
        if self.around.interrupt.is_set():
            self.around.interrupt.clear()
            raise Interrupted

    def step(self, value: float, total: float, picture: bytes | None = None, kind: int = frames.JPEG) -> None:
        self.check()
        self.progress.step(self.ids, value, total, picture, kind)

    def pause(self, seconds: float, *, interruptible: bool = False) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if interruptible:
                self.check()
            if self.around.stopping.wait(min(left, TICK_SECONDS)):
                raise Stopped

    def wants_previews(self) -> bool:
        method = self.around.options.preview_method
        if self.around.options.profile.previews_per_prompt:
            chosen = self.extra_data.get("preview_method")
            method = chosen if chosen in ("none", "auto", "latent2rgb", "taesd") else method
        return method != "none"

    def say(self, words: str) -> None:
        self.progress.text(self.ids, words)
