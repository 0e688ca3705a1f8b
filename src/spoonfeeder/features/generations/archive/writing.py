"""An archive written from beginning to end: page by page the files and graphs, then what the manifest tells of them."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, cast

from spoonfeeder.core.actor import User
from spoonfeeder.features.generations.archive.contents import Contents
from spoonfeeder.features.generations.archive.manifest import CSV_HEAD, csv_of, json_head, json_of, manifest_of
from spoonfeeder.features.generations.archive.progress import Progress
from spoonfeeder.features.generations.archive.reading import read_to_tell, read_to_write
from spoonfeeder.features.generations.archive.selection import Selection
from spoonfeeder.features.generations.archive.zip_stream import Entry, ZipStream
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.protocol import StorageMissing

PIECE_BYTES = 256 * 1024
IS_GONE = "The file is no longer kept on the server."
IS_CUT = "The file on the server is damaged: its length is not what it was when it was made."
IS_CHANGED = "The file on the server is damaged: its sha256 is not what it was when it was made."


class FileBrokeOff(Exception):
    """A file of the storage ended before its end; what has been sent of it cannot be taken back."""


class Writing:
    """No transaction is open while bytes leave, and no more than a page of rows and a piece of a file is in memory."""

    def __init__(
        self,
        runtime: Runtime,
        actor: User,
        selection: Selection,
        contents: Contents,
        progress: Progress,
        archive: ZipStream,
    ) -> None:
        self._runtime = runtime
        self._actor = actor
        self._selection = selection
        self._contents = contents
        self._progress = progress
        self._zip = archive

    async def write(self) -> None:
        """Raises FileBrokeOff, OSError, and what databases raise: then the archive is cut off."""
        for page in self._selection.pages():
            rows, files = await read_to_write(self._runtime, self._actor, [each.id for each in page])
            for each in page:
                if each.id in rows:
                    await self._write(each.number, rows[each.id], files.get(each.id, []))
        now = datetime.now(UTC)
        async with self._zip.entry("manifest.json", now) as entry:
            await self._tell(entry.add, json_of, json_head(now), b"\n]}\n", b",\n")
        async with self._zip.entry("manifest.csv", now) as entry:
            await self._tell(entry.add, csv_of, CSV_HEAD)
        await self._zip.close()

    async def _write(self, number: int, row: Any, files: list[Any]) -> None:
        moment = row.completed_at or row.created_at
        self._contents.take(number, files)
        if graph := row.workflow_json_snapshot:
            await self._write_graph(self._contents.workflow_of(number, has_graph=True), moment, graph.encode())
        for file in files:
            if name := self._contents.path_of(number, row.seed, file):
                await self._write_file(name, number, moment, file)
                self._progress.add(files=1)

    async def _write_graph(self, name: str | None, moment: datetime, graph: bytes) -> None:
        if name is None:
            return
        async with self._zip.entry(name, moment, size=len(graph)) as entry:
            for start in range(0, len(graph), PIECE_BYTES):
                await entry.add(graph[start : start + PIECE_BYTES])

    async def _write_file(self, name: str, number: int, moment: datetime, file: Any) -> None:
        """One that cannot be read is left out; one that breaks off in the middle ends the archive."""
        chunks = cast("AsyncGenerator[bytes]", self._runtime.storage.open_range(file.storage_key))
        async with aclosing(chunks):
            try:
                chunk = await anext(chunks, b"")
                length = await self._length(file, len(chunk))
            except (StorageMissing, OSError):
                self._contents.leave_out(number, file.position, IS_GONE)
                return
            if length != file.bytes:
                self._contents.leave_out(number, file.position, IS_CUT)
                return
            async with self._zip.entry(name, moment, size=length, is_compressed=True) as entry:
                await self._copy(chunk, chunks, entry, length)
        if entry.sha256 != file.sha256:
            self._contents.problems[number, file.position] = IS_CHANGED

    async def _length(self, file: Any, read_bytes: int) -> int:
        """Raises StorageMissing."""
        return read_bytes if read_bytes == file.bytes else await self._runtime.storage.size(file.storage_key)

    async def _copy(self, chunk: bytes, chunks: AsyncGenerator[bytes], entry: Entry, length: int) -> None:
        """Raises FileBrokeOff."""
        await self._add(chunk, entry)
        while entry.bytes < length:
            chunk = await anext(chunks, b"")
            if not chunk:
                raise FileBrokeOff
            await self._add(chunk, entry)

    async def _add(self, chunk: bytes, entry: Entry) -> None:
        await entry.add(chunk)
        self._progress.add(chunk_bytes=len(chunk))

    async def _tell(
        self,
        add: Callable[[bytes], Any],
        form: Callable[[dict[str, Any]], bytes],
        head: bytes,
        end: bytes = b"",
        between: bytes = b"",
    ) -> None:
        before = head
        for page in self._selection.pages():
            wanted = [each for each in page if each.number in self._contents.positions]
            rows, files = await read_to_tell(self._runtime, self._actor, [each.id for each in wanted])
            for each in wanted:
                if each.id in rows:
                    told = manifest_of(each.number, rows[each.id], files.get(each.id, []), self._contents)
                    await add(before + form(told))
                    before = between
        await add((b"" if before == between else before) + end)
