"""ComfyUI's own node classes, for as long as no server has told of its nodes.

The data are a server's `/object_info` cut down to names, types and limits; lists of model files are empty in them.
"""

import gzip
from functools import cache
from importlib import resources

import orjson

from spoonfeeder.comfy.objects import ObjectInfo


@cache
def core_nodes() -> ObjectInfo:
    """Not what any given ComfyUI has: versions differ in classes and choices."""
    packed = resources.files("spoonfeeder.comfy").joinpath("core_nodes.json.gz").read_bytes()
    told: ObjectInfo = orjson.loads(gzip.decompress(packed))
    return told
