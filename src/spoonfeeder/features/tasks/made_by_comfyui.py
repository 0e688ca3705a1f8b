"""The result of a task that followed a generation: the generation's own files, told as those of a task."""

from typing import Any
from uuid import uuid5

import orjson

from spoonfeeder.core.vocabulary import FinishReason, Modality, Provider
from spoonfeeder.features.tasks.keeping import media_url
from spoonfeeder.storage.media_types import UNKNOWN

TOLD = (
    *("index", "filename", "media_type", "width", "height", "duration_seconds"),
    *("bytes", "sha256", "text"),
)
MISMATCH = "RESULT_TYPE_MISMATCH"
MOVING_PICTURES = {"image/gif", "image/webp"}


def has_wanted(kind: str, generation: Any) -> bool:
    """Whether a file of the task's type is among the outputs; of an unknown type, it may be."""
    return any(_is_of(kind, media_type) for media_type in _types_of(generation))


def _is_of(kind: str, media_type: str) -> bool:
    is_moving = kind == Modality.VIDEO and media_type in MOVING_PICTURES
    return media_type.startswith(f"{kind}/") or media_type == UNKNOWN or is_moving


def _types_of(generation: Any) -> list[str]:
    return sorted({str(output["media_type"]) for output in _listed(generation.outputs) if not output.get("text")})


def mismatch_of(kind: str, generation: Any) -> str:
    made = _types_of(generation)
    what = f"made {' and '.join(made)}" if made else "left no files"
    return f"The workflow {what}, where the task wants {kind}; what it made is with its generation."


def result_of(task: Any, generation: Any) -> dict[str, Any]:
    outputs = [_shown(generation, output) for output in _listed(generation.outputs)]
    fitting = [each for each in outputs if _is_of(task.type, str(each["media_type"]))]
    seconds = generation.generation_time_seconds
    return {
        "workspace_id": task.workspace_id,
        "task_id": task.id,
        "type": task.type,
        "content": fitting[0]["url"],
        "details": {
            "model": generation.checkpoint_name,
            "provider": Provider.COMFYUI,
            "profile_id": None if generation.profile_id is None else str(generation.profile_id),
            "tokens": None,
            "input_tokens": None,
            "output_tokens": None,
            "duration_ms": None if seconds is None else round(seconds * 1000),
            "finish_reason": FinishReason.STOP,
            "cost_usd": None,
            "generation_id": str(generation.id),
            "warnings": _listed(generation.warnings),
        },
        "outputs": outputs,
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else orjson.loads(value or "[]")


def _shown(generation: Any, output: dict[str, Any]) -> dict[str, Any]:
    """Its row is named as `generations.collect` names it."""
    media_id = uuid5(generation.id, str(output["index"]))
    url = media_url(media_id)
    thumbnail_url = f"{url}/thumbnail" if output.get("thumbnail_url") else None
    told = {name: output[name] for name in TOLD if name in output}
    return {**told, "media_id": str(media_id), "url": url, "thumbnail_url": thumbnail_url}
