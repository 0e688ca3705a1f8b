"""The output probe: our own file name prefix in the submitted graph, so that files tell whether a run had finished.

RELIABILITY "Output probe": a folder per generation means ComfyUI's counter starts at 1 there, hence known names.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from spoonfeeder.comfy.outputs import OutputFile, is_safe_folder, media_kind
from spoonfeeder.comfy.wording import Graph

FIELD = "filename_prefix"
USUAL_PREFIX = "ComfyUI"
_OURS = re.compile(r"sf/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/([0-9]+/)?[^/]+")
_UNSAFE_IN_NAME = re.compile(rb"[^A-Za-z0-9.-]")  # '_' too: ComfyUI reads its counter between underscores
_CHANGES_COUNT = re.compile("batch|video|frames|repeat|rebatch|animate", re.IGNORECASE)
_COUNTS = frozenset({"length", "frames", "num_frames", "amount"})
_PER_BATCH_ITEM = {"SaveImage": ("_.png",)}
# Audio lost its underscore between 0.3.64 and 0.33.0.
_ONE_FILE = {
    "SaveAnimatedPNG": ("_.png",),
    "SaveAnimatedWEBP": ("_.webp",),
    "SaveWEBM": ("_.webm",),
    "SaveAudio": (".flac", "_.flac"),
    "SaveAudioMP3": (".mp3", "_.mp3"),
    "SaveAudioOpus": (".opus", "_.opus"),
    "SaveLatent": ("_.latent",),
    "SaveGLB": ("_.glb",),
    "SaveVideo": ("_.mp4",),
}

GenerationId = UUID | str
Prefixes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProbeFile:
    """One file that a finished run must have left; any one of `candidates` will do (versions name them differently)."""

    node: str
    candidates: tuple[OutputFile, ...]


def probe_prefix(generation_id: GenerationId, node_id: str) -> str:
    return f"{_folder(generation_id)}/{_stem(generation_id, node_id)}"


def own_prefixes(graph: Graph) -> dict[str, Any]:
    """What stands in the user's graph, by node, where `with_probe` puts ours.

    A linked prefix stays, and that node has no probe, unless the text it is linked to leaves the output folder (A12).
    """
    found = {node_id: _inputs(node)[FIELD] for node_id, node in graph.items() if FIELD in _inputs(node)}
    return {node_id: prefix for node_id, prefix in found.items() if _is_ours_to_set(graph, prefix)}


def with_probe(graph: Graph, generation_id: GenerationId) -> dict[str, dict[str, Any]]:
    """A new graph with our prefix in every node of `own_prefixes`."""
    return without_probe(graph, {node_id: probe_prefix(generation_id, node_id) for node_id in own_prefixes(graph)})


def without_probe(graph: Graph, prefixes: Prefixes) -> dict[str, dict[str, Any]]:
    """The graph with these prefixes: with the `own_prefixes` of the user's graph the inverse of `with_probe`."""
    return {
        node_id: {**node, "inputs": {**_inputs(node), FIELD: prefixes[node_id]}} if node_id in prefixes else dict(node)
        for node_id, node in graph.items()
    }


def with_usual_prefixes(graph: Graph) -> dict[str, dict[str, Any]]:
    """ComfyUI's usual prefix in place of the probe of an earlier run, as files of ours have it inside."""
    found = own_prefixes(graph).items()
    ours = {node_id for node_id, prefix in found if isinstance(prefix, str) and _OURS.fullmatch(prefix)}
    return without_probe(graph, dict.fromkeys(ours, USUAL_PREFIX))


def probe_files(
    graph: Graph, generation_id: GenerationId, *, batch_size: int, output_nodes: Collection[str] | None = None
) -> list[ProbeFile] | None:
    """Every file that proves that the run of this graph, as the user has it, finished; None where files cannot.

    That is so if an output node has no literal prefix, or is of a class whose file names are not known.
    `output_nodes` come from /object_info; without it, every node that nothing links to counts.
    """
    nodes = _last_nodes(graph) | _nodes_with_prefix(graph) if output_nodes is None else set(output_nodes)
    files: list[ProbeFile] = []
    for node_id in sorted(nodes):
        endings, count = _endings(graph, node_id, batch_size)
        if not endings or node_id not in own_prefixes(graph):
            return None
        names = [[f"{_stem(generation_id, node_id)}_{n:05}{end}" for end in endings] for n in range(1, count + 1)]
        files += [ProbeFile(node_id, tuple(_file(node_id, generation_id, name) for name in group)) for group in names]
    return files or None


def user_file_name(file: OutputFile, generation_id: GenerationId, prefixes: Prefixes) -> str:
    """The name a person expects: the last part of their own prefix, from `own_prefixes`, in place of ours."""
    prefix, stem = prefixes.get(file.node), _stem(generation_id, file.node)
    if not isinstance(prefix, str) or not file.filename.startswith(stem):
        return file.filename
    own = re.split(r"[/\\]", prefix)[-1]
    own = re.sub(r"%[^%]*%", "", own).strip(" ._") or "ComfyUI"
    return re.sub(r"[\x00-\x1f\x7f:]", "", own)[:100] + file.filename.removeprefix(stem)


def _is_ours_to_set(graph: Graph, value: Any) -> bool:
    if not isinstance(value, list | tuple):
        return True
    source = graph.get(str(value[0]), {}) if value else {}
    return any(isinstance(text, str) and not is_safe_folder(text) for text in _inputs(source).values())


def _folder(generation_id: GenerationId) -> str:
    return f"sf/{generation_id}"


def _stem(generation_id: GenerationId, node_id: str) -> str:
    plain = _UNSAFE_IN_NAME.sub(lambda found: b"=%02x" % found[0][0], node_id.encode("utf-8", "replace"))
    short = plain.decode() if len(plain) <= 100 else hashlib.sha256(plain).hexdigest()[:32]
    return f"{str(generation_id)[:8]}_{short}"


def _file(node_id: str, generation_id: GenerationId, name: str) -> OutputFile:
    kind = media_kind(name)
    return OutputFile(node_id, "probe", name, _folder(generation_id), "output", kind, kind == "video")


def _endings(graph: Graph, node_id: str, batch_size: int) -> tuple[tuple[str, ...], int]:
    """The possible ends of its file names and how many files it writes; no ends where that is not known."""
    class_type = str(graph.get(node_id, {}).get("class_type"))
    if class_type not in _PER_BATCH_ITEM:
        return _ONE_FILE.get(class_type, ()), 1
    if any(_makes_more(graph[source]) for source in _upstream(graph, node_id)):
        return (), 0
    return _PER_BATCH_ITEM[class_type], max(batch_size, 1)


def _makes_more(node: Mapping[str, Any]) -> bool:
    """Whether it may give more or fewer pictures than the batch size says."""
    return bool(_CHANGES_COUNT.search(str(node.get("class_type")))) or bool(_COUNTS & _inputs(node).keys())


def _upstream(graph: Graph, node_id: str) -> set[str]:
    seen: set[str] = set()
    waiting = [node_id]
    while waiting:
        links = [value[0] for value in _inputs(graph[waiting.pop()]).values() if isinstance(value, list) and value]
        new = {source for source in links if isinstance(source, str) and source in graph} - seen
        seen |= new
        waiting += new
    return seen


def _nodes_with_prefix(graph: Graph) -> set[str]:
    return {node_id for node_id, node in graph.items() if FIELD in _inputs(node)}


def _last_nodes(graph: Graph) -> set[str]:
    linked = {
        str(value[0])
        for node in graph.values()
        for value in _inputs(node).values()
        if isinstance(value, list) and len(value) == 2
    }
    return set(graph) - linked


def _inputs(node: Mapping[str, Any]) -> Mapping[str, Any]:
    inputs = node.get("inputs")
    return inputs if isinstance(inputs, Mapping) else {}
