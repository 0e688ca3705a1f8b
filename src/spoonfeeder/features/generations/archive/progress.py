"""How far an archive is, told to the one who reads it."""

import asyncio
from typing import Literal
from uuid import UUID

from spoonfeeder.core.actor import User
from spoonfeeder.features.generations.archive.selection import Selection
from spoonfeeder.realtime.events import ExportProgress
from spoonfeeder.runtime import Runtime

INTERVAL_SECONDS = 0.25


class Progress:
    """Events by the name that the reader chose, if there is one and the reader is somebody."""

    def __init__(self, runtime: Runtime, actor: User, export_id: UUID | None, selection: Selection) -> None:
        self._runtime = runtime
        self._actor = actor
        self._export_id = export_id
        self._selection = selection
        self._told_at = float("-inf")
        self._files = 0
        self._bytes = 0

    def add(self, *, files: int = 0, chunk_bytes: int = 0) -> None:
        self._files += files
        self._bytes += chunk_bytes
        now = asyncio.get_running_loop().time()
        if now >= self._told_at + INTERVAL_SECONDS:
            self._told_at = now
            self._tell("running")

    def end(self, *, is_whole: bool) -> None:
        self._tell("done" if is_whole else "failed")

    def _tell(self, state: Literal["running", "done", "failed"]) -> None:
        if self._export_id is None or self._actor.user_id is None:
            return
        self._runtime.dispatcher.emit(
            ExportProgress(
                workspace_id=self._actor.workspace_id,
                user_id=self._actor.user_id,
                id=self._export_id,
                state=state,
                files=self._files,
                total_files=self._selection.total_files,
                bytes=self._bytes,
                total_bytes=self._selection.total_bytes,
            )
        )
