"""The live side of one run: what ComfyUI reports, to the browsers at once and to the live store for latecomers."""

from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from spoonfeeder.realtime.coalesce import Coalescer
from spoonfeeder.realtime.dispatcher import Dispatcher
from spoonfeeder.realtime.events import GenerationPreview, GenerationProgress
from spoonfeeder.realtime.live import Live, Preview


@dataclass(frozen=True, slots=True)
class Run:
    """A running generation; `version` is its row's since it runs, `preview_path` the URL of its newest preview.

    `percent` is where the row stands already, as when a lost prompt runs again.
    """

    workspace_id: UUID
    id: UUID
    session_id: UUID | None
    version: int
    prompt_id: str
    preview_path: str
    percent: int = 0


class Relay:
    """Progress and previews are coalesced apart, each to at most ten a second; neither call blocks or raises."""

    def __init__(self, run: Run, dispatcher: Dispatcher, live: Live, *, per_second: int = 10) -> None:
        self._run = run
        self._dispatcher = dispatcher
        self._live = live
        self._n = count(1)
        self._percent = run.percent
        self._node: str | None = None
        self._preview_url: str | None = None
        self._progress: Coalescer[UUID, None] = Coalescer(self._send_progress, per_second=per_second)
        self._previews: Coalescer[UUID, tuple[bytes, str]] = Coalescer(self._send_preview, per_second=per_second)

    def progress(self, percent: int, node: str | None) -> None:
        self._percent, self._node = max(percent, self._percent), node
        self._progress.offer(self._run.id, None)

    def preview(self, image: bytes, media_type: str) -> None:
        """Nothing where the live store is away: its URL would lead nowhere."""
        if self._live.is_there:
            self._previews.offer(self._run.id, (image, media_type))

    def close(self) -> None:
        """Sends the last of each; to be called before the end of the run is told."""
        self._previews.close()
        self._progress.close()

    def _send_progress(self, _: None) -> None:
        event = GenerationProgress(**self._present(), n=next(self._n))
        self._dispatcher.emit(event)
        self._remember(event.seq)

    def _send_preview(self, shown: tuple[bytes, str]) -> None:
        n = next(self._n)
        self._preview_url = f"{self._run.preview_path}?n={n}"
        event = GenerationPreview(**self._present(), n=n, preview_url=self._preview_url)
        self._dispatcher.emit_if(partial(self._live.set_preview, self._run.id, Preview(*shown, n)), event)
        self._remember(event.seq)

    def _present(self) -> dict[str, Any]:
        run = self._run
        return {
            "workspace_id": run.workspace_id,
            "id": run.id,
            "session_id": run.session_id,
            "version": run.version,
            "prompt_id": run.prompt_id,
            "progress": self._percent,
            "current_node": self._node,
        }

    def _remember(self, seq: int) -> None:
        known = {
            "seq": seq,
            "progress": self._percent,
            "current_node": self._node,
            "preview_url": self._preview_url,
        }
        self._dispatcher.do(partial(self._live.set_progress, self._run.id, known))
