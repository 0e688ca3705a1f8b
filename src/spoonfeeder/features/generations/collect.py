"""Keeping what a run made: files are copied into our storage, so that ComfyUI may forget everything (R11)."""

from collections.abc import AsyncIterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.errors import OutputGone
from spoonfeeder.comfy.events import FinalImage
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.history import cached_nodes, run_times_ms
from spoonfeeder.comfy.outputs import OutputFile, OutputText, read_outputs
from spoonfeeder.comfy.probe import own_prefixes, probe_files, user_file_name
from spoonfeeder.comfy.watch import image_nodes
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.features.generations.outputs import Place, keep_output
from spoonfeeder.features.generations.submission import probe_name
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.keeping import one_chunk
from spoonfeeder.storage.protocol import StorageTooLarge

SHOWN_TEXT_LENGTH = 10_000


@dataclass(slots=True)
class Collected:
    """`outputs` as the row shows them, `media` as rows; the keys are ours and the same at a second try.

    `cached_nodes` ComfyUI did not run, since it still had what they had made for an earlier prompt.
    """

    outputs: list[dict[str, Any]] = field(default_factory=list)
    media: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float | None = None
    cached_nodes: int = 0


class _Collector:
    def __init__(self, runtime: Runtime, client: ComfyClient, row: Generation, graph: Graph) -> None:
        self._runtime = runtime
        self._client = client
        self._row = row
        self._prefixes = own_prefixes(graph)
        self.result = Collected()

    async def file(self, file: OutputFile) -> None:
        name = user_file_name(file, self._row.id, self._prefixes)
        try:
            async with self._client.stream_output(file) as chunks:
                await self._keep(chunks, file.node, name, file.subfolder, file.type)
            source = {"filename": file.filename, "subfolder": file.subfolder, "type": file.type}
            self.result.media[-1]["source"] = source
        except OutputGone as error:
            self.result.warnings.append(f"{error.message} It was made by an earlier run and deleted since.")
        except StorageTooLarge:
            self.result.warnings.append(f"The file {name} is too large to be kept and stayed in ComfyUI.")

    async def image(self, image: FinalImage) -> None:
        name = f"websocket_{image.node}_{image.index + 1:05}_.png"
        await self._keep(one_chunk(image.image), image.node, name, "", "websocket")

    async def text(self, text: OutputText) -> None:
        position = len(self.result.outputs)
        name = f"text_{text.node}_{position:02}.txt"
        await self._keep(
            one_chunk(text.text.encode()), text.node, name, "", "text", shown=text.text[:SHOWN_TEXT_LENGTH]
        )

    async def _keep(
        self, chunks: AsyncIterable[bytes], node: str, name: str, subfolder: str, kind: str, shown: str | None = None
    ) -> None:
        position = len(self.result.outputs)
        media, output = await keep_output(
            self._runtime, self._row.workspace_id, self._row.id, position, chunks, Place(name, subfolder, kind, node)
        )
        self.result.media.append(media)
        self.result.outputs.append(output | ({"text": shown} if shown else {}))


async def collect(
    runtime: Runtime,
    client: ComfyClient,
    row: Generation,
    graph: Graph,
    entry: Mapping[str, Any],
    images: Sequence[FinalImage],
    *,
    missed_events: bool,
) -> Collected:
    """Everything of a finished run. Raises Unreachable, Broken, StorageFull, StorageUnavailable."""
    outputs = read_outputs(entry)
    collector = _Collector(runtime, client, row, graph)
    for file in outputs.files:
        await collector.file(file)
    for image in images:
        await collector.image(image)
    for text in outputs.texts:
        await collector.text(text)
    result = collector.result
    if missed_events and image_nodes(graph):
        result.warnings.append(
            "The connection to ComfyUI was lost meanwhile; pictures sent only over it may be missing."
        )
    if outputs.ignored:
        result.warnings.append(f"{outputs.ignored} outputs that ComfyUI listed could not be read and were left out.")
    if not result.outputs:
        result.warnings.append("The run ended well but left no files.")
    result.cached_nodes = cached_nodes(entry)
    started, ended = run_times_ms(entry)
    if started is not None and ended is not None and ended >= started:
        result.seconds = (ended - started) / 1000
    return result


async def found_after_restart(
    runtime: Runtime, client: ComfyClient, row: Generation, graph: Graph, submit: int
) -> Collected | None:
    """The files of a run that ComfyUI has forgotten, if every one that it must have left is there and whole."""
    expected = probe_files(graph, probe_name(row, submit), batch_size=row.batch_size)
    if expected is None:
        return None
    collector = _Collector(runtime, client, row, graph)
    for wanted in expected:
        found = await _first_there(client, wanted.candidates)
        if found is None:
            return None
        await collector.file(found)
    if not await _all_whole(runtime, collector.result):
        return None
    return collector.result


async def _first_there(client: ComfyClient, candidates: Sequence[OutputFile]) -> OutputFile | None:
    for file in candidates:
        if await client.probe_output(file):
            return file
    return None


async def _all_whole(runtime: Runtime, result: Collected) -> bool:
    for media in result.media:
        async with runtime.storage.local_file(media["storage_key"]) as path:
            if not await runtime.inspector.decodes_fully(path, media["media_type"]):
                return False
    return not result.warnings
