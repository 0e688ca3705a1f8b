"""Filters of a search, as a query of ours and as the condition of a statement of one's own."""

from typing import Any

SEED = 1_000_003
NAMED = "checkpoint_name = $1"
COMMON, RARE = "models/checkpoint_0.safetensors", "models/checkpoint_29.safetensors"
SAID = "search @@ websearch_to_tsquery('simple', $1)"
FILTERS: dict[str, tuple[dict[str, Any], str, tuple[Any, ...]]] = {
    "nothing": ({}, "true", ()),
    "seed": ({"seed": str(SEED * 5_000)}, "seed = $1", (SEED * 5_000,)),
    "checkpoint, common": ({"checkpoint": COMMON}, NAMED, (COMMON,)),
    "checkpoint, 1 %": ({"checkpoint": RARE}, NAMED, (RARE,)),
    "size": ({"width": 832, "height": 1216}, "width = $1 AND height = $2", (832, 1216)),
    "favourite": ({"favorite": "true"}, "favorite", ()),
    "text, 30 %": ({"q": "portrait"}, SAID, ("portrait",)),
    "text, 1 %": ({"q": "dragon"}, SAID, ("dragon",)),
    "text, rare": ({"q": "zeppelin"}, SAID, ("zeppelin",)),
    "text, two words": ({"q": "portrait dragon"}, SAID, ("portrait dragon",)),
}
