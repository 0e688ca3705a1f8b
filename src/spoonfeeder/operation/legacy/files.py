"""The pictures of the predecessor, which never copied them: from ComfyUI's output folder, or from ComfyUI itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from spoonfeeder.comfy.errors import ComfyError, Stalled, Unreachable
from spoonfeeder.comfy.outputs import OutputFile, media_kind
from spoonfeeder.core.http import TargetNotAllowed
from spoonfeeder.features.generations.outputs import Place, keep_output
from spoonfeeder.operation.legacy.source import Row
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.protocol import StorageTooLarge

READ_BYTES = 256 * 1024
MOST_FILES = 1_000


class Missing(Exception):
    """The message says why the file did not come along."""


class Files:
    """`folder` is ComfyUI's output folder; `comfyui` asks the ComfyUI of each profile for what it does not have."""

    def __init__(self, runtime: Runtime, workspace_id: UUID, folder: Path | None, *, comfyui: bool) -> None:
        self._runtime = runtime
        self._workspace_id = workspace_id
        self._folder = folder
        self._comfyui = comfyui
        self._silent: dict[str, str] = {}

    async def bring(self, generation: Row, listed: list[Row], url: str | None) -> list[Row]:
        """Media rows of what came; `outputs` and `warnings` of `generation` say what came and what did not."""
        media: list[Row] = []
        for file in listed[:MOST_FILES]:
            try:
                row, output = await self._one(generation["id"], len(media), file, url)
            except (Missing, StorageTooLarge) as error:
                generation["warnings"].append(f"The file {file['filename'][:200]} was not imported: {error}")
                continue
            media.append(row)
            generation["outputs"].append(output)
        return media

    async def _one(self, generation_id: UUID, position: int, file: Row, url: str | None) -> tuple[Row, Row]:
        async with self._open(file, url) as chunks:
            place = Place(file["filename"], file["subfolder"], file["type"])
            return await keep_output(self._runtime, self._workspace_id, generation_id, position, chunks, place)

    @asynccontextmanager
    async def _open(self, file: Row, url: str | None) -> AsyncIterator[AsyncIterator[bytes]]:
        found = await asyncio.to_thread(_inside, self._folder, file) if self._folder is not None else None
        if found is not None:
            with closing(found):
                yield _blocks(found)
        elif self._comfyui and url:
            async with self._ask(url, file) as chunks:
                yield chunks
        else:
            raise Missing("it is not in the folder." if self._folder else "no folder was named.")

    @asynccontextmanager
    async def _ask(self, url: str, file: Row) -> AsyncIterator[AsyncIterator[bytes]]:
        if url in self._silent:
            raise Missing(self._silent[url])
        name = file["filename"]
        wanted = OutputFile("", "", name, file["subfolder"], file["type"], media_kind(name))
        try:
            async with self._runtime.backends.get(url, None).client.stream_output(wanted) as chunks:
                yield chunks
        except (ComfyError, TargetNotAllowed) as error:
            if isinstance(error, Unreachable | Stalled | TargetNotAllowed):
                self._silent[url] = error.message  # thousands of files would each wait for it
            raise Missing(error.message) from None


def _inside(folder: Path, file: Row) -> BinaryIO | None:
    """The file, unless its name leads out of the folder; raises Missing where it is there and cannot be read."""
    if file["type"] != "output":
        return None
    try:
        root = folder.resolve()
        path = (root / file["subfolder"] / file["filename"]).resolve()
        return path.open("rb") if path.is_relative_to(root) and path.is_file() else None
    except (OSError, ValueError) as error:
        raise Missing(f"{getattr(error, 'strerror', None) or error}.") from None


async def _blocks(opened: BinaryIO) -> AsyncIterator[bytes]:
    while block := await asyncio.to_thread(opened.read, READ_BYTES):
        yield block
