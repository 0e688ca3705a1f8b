"""A row of the predecessor as a row of ours, under the same id; what does not fit is said, not guessed."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import orjson

from spoonfeeder.core.lossless import lossless
from spoonfeeder.core.vocabulary import (
    ConnectionStatus,
    GenerationStatus,
    MessageRole,
    Modality,
    Provider,
    TaskStatus,
)
from spoonfeeder.operation.legacy.source import Row

UNFINISHED = "It had not ended when it was imported."
UNFINISHED_CODE = "IMPORTED_UNFINISHED"
MOST_UNSIGNED_64 = 2**64 - 1


class Unfit(Exception):
    """The message says, in words that follow a colon, why the row is left out."""


def times(row: Row) -> dict[str, datetime]:
    created = row["created_at"]
    return {"created_at": created, "updated_at": row.get("updated_at") or row.get("completed_at") or created}


def setting(row: Row) -> Row:
    status = row["status"] if row["status"] in set(ConnectionStatus) else ConnectionStatus.UNKNOWN
    return {
        **{name: row[name] for name in ("id", "api_key", "endpoint_url", "default_model", "last_tested")},
        "provider": _one_of(Provider, row["provider"], "provider"),
        "status": status,
        "error_message": row["error_message"],
        **times(row),
    }


def profile(row: Row) -> Row:
    return {
        **{name: row[name] for name in ("id", "description", "api_key", "url", "prompt_template")},
        "name": row["name"] or "Imported profile",
        "type": _one_of(Modality, row["type"], "type"),
        "provider": _one_of(Provider, row["provider"], "provider"),
        "options": mapping(row["options"]) or None,
        **_modalities(row),
        **times(row),
    }


def profile_model(row: Row) -> Row:
    names = ("id", "profile_id", "model_id", "name", "created_at")
    return {**{name: row[name] for name in names}, **_modalities(row)}


def task(row: Row) -> Row:
    status = {"complete": TaskStatus.COMPLETE, "completed": TaskStatus.COMPLETE}.get(row["status"], TaskStatus.FAILED)
    return {
        **{name: row[name] for name in ("id", "prompt")},
        "name": row["name"] or "Imported task",
        "type": _one_of(Modality, row["type"], "type"),
        "provider": _one_of(Provider, row["provider"], "provider"),
        "options": mapping(row["options"]) or None,
        **_ended(row, status, done=TaskStatus.COMPLETE),
        **times(row),
    }


def result(row: Row) -> Row:
    names = ("id", "task_id", "type", "content")
    return {**{name: row[name] for name in names}, "metadata": mapping(row["metadata"]) or None, **times(row)}


def conversation(row: Row) -> Row:
    return {
        "id": row["id"],
        "title": row["title"] or "Imported conversation",
        "provider": _one_of(Provider, row["provider"], "provider"),
        "model": row["model"] or "",
        **times(row),
    }


def message(row: Row, conversation_of: Row, parent_id: UUID | None) -> Row:
    is_answer = row["role"] == MessageRole.ASSISTANT
    return {
        **{name: row[name] for name in ("id", "conversation_id", "content", "created_at")},
        "role": _one_of(MessageRole, row["role"], "role"),
        "parent_id": parent_id,
        "provider": conversation_of["provider"] if is_answer else None,
        "model": conversation_of["model"] if is_answer else None,
        "completed_at": row["created_at"],
    }


def session(row: Row) -> Row:
    return {
        **{name: row[name] for name in ("id", "profile_id", "current_workflow_id")},
        "title": row["title"] or "Imported session",
        "last_parameters": mapping(row["last_parameters"]),
        **times(row),
    }


def generation(row: Row) -> Row:
    """Without its files, which `outputs` brings."""
    names = ("id", "session_id", "workflow_id", "prompt_id", "prompt_text", "negative_prompt", "width", "height")
    more = ("steps", "cfg_scale", "sampler_name", "scheduler", "checkpoint_name", "generation_time_seconds")
    status = {"complete": GenerationStatus.COMPLETED, "completed": GenerationStatus.COMPLETED}.get(
        row["status"], GenerationStatus.FAILED
    )
    seed = row["seed"]
    return {
        **{name: row[name] for name in (*names, *more)},
        "seed": seed if seed is not None and 0 <= seed <= MOST_UNSIGNED_64 else None,
        "batch_size": max(row["batch_size"] or 1, 1),
        "batch_index": row["batch_index"] or 0,
        "parameters": mapping(row["parameters"]),
        "loras_used": [_lora(each) for each in _listed(row["loras_used"]) if isinstance(each, dict)],
        "workflow_json_snapshot": _graph_text(row["workflow_json_snapshot"]),
        **_ended(row, status, done=GenerationStatus.COMPLETED),
        **times(row),
    }


def files_of(row: Row) -> list[Row]:
    """What the generation had made: `{filename, subfolder, type}` each. Some versions kept paths only."""
    found = [_file(each) for each in _listed(row["outputs"])]
    return [file for file in found if file["filename"]]


def _ended(row: Row, status: str, *, done: str) -> Row:
    """As it ended; what had not is failed, since nobody works on it any more."""
    ended = {"status": status, "completed_at": row["completed_at"] or times(row)["updated_at"]}
    if status == done:
        return {**ended, "progress": 100, "error": None, "error_code": None}
    unfinished = row["status"] not in {"failed", "cancelled"}
    error = UNFINISHED if unfinished else row["error"] or "It had failed before it was imported."
    code = UNFINISHED_CODE if unfinished else "IMPORTED_FAILED"
    return {**ended, "progress": max(0, min(row["progress"] or 0, 99)), "error": error, "error_code": code}


def _modalities(row: Row) -> dict[str, list[str]]:
    return {name: _words(row.get(name)) for name in ("input_modalities", "output_modalities")}


def _words(value: Any) -> list[str]:
    known = set(Modality)
    return [word for word in _listed(value) if isinstance(word, str) and word in known] or [Modality.TEXT]


def _file(output: Any) -> Row:
    if isinstance(output, str):
        path = PurePosixPath(output.replace("\\", "/"))
        output = {"filename": path.name, "subfolder": "" if path.parent.name == "" else str(path.parent)}
    given = output if isinstance(output, dict) else {}
    defaults = {"filename": "", "subfolder": "", "type": "output"}
    return {name: str(given.get(name) or default).replace("\0", "") for name, default in defaults.items()}


def _lora(lora: Row) -> Row:
    strengths = [lora.get(name) for name in ("strength_model", "strength", "strength_clip")]
    model, both, clip = (each if isinstance(each, int | float) else None for each in strengths)
    first = next((each for each in (model, both, clip) if each is not None), 1.0)
    return {
        "name": str(lora.get("name") or ""),
        "strength_model": first,
        "strength_clip": next((each for each in (clip, both) if each is not None), first),
    }


def _graph_text(value: Any) -> str | None:
    """As it stood there, to the letter; None for what is no JSON."""
    return value if isinstance(value, str) and isinstance(decoded(value), dict) else None


def mapping(value: Any) -> Row:
    """Of JSON text; without what is no object. Integers beyond 2^53-1 as strings, as ours are kept."""
    read = decoded(value)
    return dict(lossless(read)) if isinstance(read, dict) else {}


def _listed(value: Any) -> list[Any]:
    read = decoded(value)
    return read if isinstance(read, list) else []


def decoded(value: Any) -> Any:
    """Of JSON text, also where it was made JSON twice; None for what is none."""
    for _ in range(2):
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return None
    return value


def _one_of(words: Any, value: Any, name: str) -> str:
    if value not in set(words):
        raise Unfit(f"its {name} {value!r} is not known here")
    return str(value)
