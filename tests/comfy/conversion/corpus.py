"""Workflows with the prompts that the official editor makes of them (tests/data/conversion)."""

import gzip
import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data" / "conversion"
# What these nodes read though their definitions do not list it.
READS_ALL = {"CustomCombo"}


@cache
def _load(name: str) -> Any:
    return json.loads(gzip.decompress((DATA / f"{name}.json.gz").read_bytes()))


def object_info() -> dict[str, Any]:
    found: dict[str, Any] = _load("object_info")
    return found


def names(kind: str) -> list[str]:
    """`sound`, `drift`, `contested`, `missing_types` or `reference_error`."""
    return [name for name, case in _load("cases").items() if case["kind"] == kind]


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _load("cases")[name]["workflow"]
    return found


def prompt(name: str) -> dict[str, Any]:
    """What the editor sends."""
    found: dict[str, Any] = _load("cases")[name]["prompt"]
    return found


def meaning(graph: dict[str, Any]) -> list[str]:
    """What a server would run: ids inside subgraphs mean nothing, nor does what no definition lists."""
    known: dict[str, str] = {}

    def of(node_id: str) -> str:
        if node_id not in known:
            known[node_id] = "loop"
            node = graph[node_id]
            inputs = {
                name: value(told) for name, told in node["inputs"].items() if _read(node["class_type"], name, told)
            }
            plain = "inner" if ":" in node_id else node_id
            told = json.dumps([plain, node["class_type"], inputs], sort_keys=True)
            known[node_id] = sha256(told.encode()).hexdigest()
        return known[node_id]

    def value(told: Any) -> Any:
        if _is_link(told):
            return [of(told[0]) if told[0] in graph else told[0], told[1]]
        return float(told) if isinstance(told, int) and not isinstance(told, bool) else told

    return sorted(of(node_id) for node_id in graph)


def _is_link(told: Any) -> bool:
    return isinstance(told, list) and len(told) == 2 and isinstance(told[0], str)


def _read(class_type: str, name: str, told: Any) -> bool:
    sections = object_info().get(class_type, {}).get("input", {}).values()
    return _is_link(told) or class_type in READS_ALL or any(name.split(".")[0] in section for section in sections)
