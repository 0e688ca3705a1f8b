"""What is really sent to ComfyUI: the kept graph with our output probe and with uploads pushed over.

Beside it goes the author's own graph, for ComfyUI to write into the files.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from spoonfeeder.comfy.backends import Backend
from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.locate import SUBMIT
from spoonfeeder.comfy.probe import with_probe
from spoonfeeder.core.actor import User
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.media import Media
from spoonfeeder.features.generations.authored import author_workflow
from spoonfeeder.features.generations.uploads import Place, find_uploads, uploads_of, with_names
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work


@dataclass(frozen=True, slots=True)
class Submission:
    """`inputs` are the sha256 of the uploads in it, by `<node>.<input>`."""

    graph: Graph
    extra_data: dict[str, Any]
    inputs: dict[str, str]


def probe_name(row: Generation, submit: int) -> str:
    """Where this submit's files lie: what a run that was cut off has left never passes for a later one's."""
    return str(row.id) if submit <= 1 else f"{row.id}/{submit}"


async def prepare(runtime: Runtime, backend: Backend, row: Generation, graph: Graph, submit: int) -> Submission:
    """What to submit; the kept graph stays as the user has it. Raises what uploading raises, Invalid."""
    uploads: dict[Place, Media] = {}
    if uploads_of(graph):
        async with open_work(runtime, User(row.workspace_id)) as work:
            uploads = await find_uploads(work, graph)
    names: dict[Place, str] = {}
    pushed: dict[Any, str] = {}
    for place, media in uploads.items():
        if media.id not in pushed:
            pushed[media.id] = await _push(runtime, backend.client, media)
        names[place] = pushed[media.id]
    named = with_names(graph, names)
    workflow = await author_workflow(runtime, backend, row, named)
    extra_data: dict[str, Any] = {SUBMIT: submit}
    if workflow is not None:
        extra_data["extra_pnginfo"] = {"workflow": workflow}
    inputs = {f"{node_id}.{name}": media.sha256 for (node_id, name), media in uploads.items()}
    return Submission(with_probe(named, probe_name(row, submit)), extra_data, inputs)


async def _push(runtime: Runtime, client: ComfyClient, media: Media) -> str:
    """ComfyUI's name of the file: a file of the same name and content keeps its name, so pushing twice adds nothing."""
    async with runtime.storage.local_file(media.storage_key) as path:
        return await client.upload(pushed_name(media), path, media.media_type)


def pushed_name(media: Media) -> str:
    """What we call an upload in ComfyUI's input folder."""
    return f"sf_{media.id}{PurePosixPath(media.storage_key).suffix}"
