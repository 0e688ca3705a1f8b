"""What makes a node differ beyond its inputs: the content of a file it reads, or that it must always run."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from spoonfeeder.simulator.catalogue import FILE_INPUTS
from spoonfeeder.simulator.files import OutsideFolder
from spoonfeeder.simulator.node_run import Surroundings
from spoonfeeder.simulator.nodes import UNCACHED


def stamp_of(node_id: str, node: Mapping[str, Any], around: Surroundings) -> str:
    class_type = node["class_type"]
    if class_type in UNCACHED:
        return uuid.uuid4().hex
    for owner, name in FILE_INPUTS:
        if owner == class_type and isinstance(node.get("inputs", {}).get(name), str):
            return _content_digest(node["inputs"][name], around)
    return ""


def _content_digest(name: str, around: Surroundings) -> str:
    try:
        path = around.folders.annotated(name, confined=around.options.profile.confines_loaded_files)
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, OutsideFolder):
        return ""
