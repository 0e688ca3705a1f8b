"""The recorded traffic of two ComfyUI versions (tests/data/comfy)."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "comfy"
VERSIONS = ("v0.3.64", "v0.33.0")
NODE_TEXT = "half way \u2013 \u00bd"


@cache
def _traces(version: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress((DATA / f"traces_{version}.json.gz").read_bytes()))
    return found


def trace(version: str, name: str) -> dict[str, Any]:
    """`messages` (client; text, frame or socket), `submissions` (graph, status, reply) and `history` by prompt id."""
    found: dict[str, Any] = _traces(version)[name]
    return found


def every_trace() -> list[tuple[str, str]]:
    return [(version, name) for version in VERSIONS for name in sorted(_traces(version))]


def document(name: str) -> Any:
    return json.loads((DATA / name).read_text())


def refusals(version: str) -> list[Any]:
    found: list[Any] = document(f"refusals_{version}.json")
    return found


def frame_bytes(header: dict[str, Any]) -> bytes:
    """A whole frame for a recorded head, with a stand-in for the picture."""
    event: int = header["event"]
    if event == 1:
        return b"".join(
            [event.to_bytes(4, "big"), int(header["format"]).to_bytes(4, "big"), bytes.fromhex(header["magic"])]
        )
    if event == 3:
        node = str(header["node_id"]).encode()
        return b"".join([event.to_bytes(4, "big"), len(node).to_bytes(4, "big"), node, str(header["text"]).encode()])
    metadata = json.dumps(header["metadata"]).encode()
    picture = bytes.fromhex(header["magic"])
    return b"".join([event.to_bytes(4, "big"), len(metadata).to_bytes(4, "big"), metadata, picture])


def graph_of(version: str, name: str, index: int = 0) -> dict[str, Any]:
    graph: dict[str, Any] = trace(version, name)["submissions"][index]["graph"]
    return graph


def prompt_id_of(version: str, name: str, index: int = 0) -> str:
    return str(trace(version, name)["submissions"][index]["reply"]["prompt_id"])
