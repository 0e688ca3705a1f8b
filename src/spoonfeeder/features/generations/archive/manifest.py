"""What a manifest tells of a generation: all that is needed to make it again, and its files in the archive."""

from datetime import datetime
from typing import Any

import orjson

from spoonfeeder import __version__
from spoonfeeder.core.lossless import lossless
from spoonfeeder.core.spreadsheets import csv_cell, csv_lines
from spoonfeeder.features.generations.archive.contents import Contents
from spoonfeeder.features.generations.archive.reading import JSON_TEXTS

_JSON = orjson.OPT_UTC_Z
_OF_FILE = ("node_id", "filename", "media_type", "bytes", "sha256", "width", "height", "duration_seconds")
_CELLS_OF_FILE = ("path", "index", "media_type", "width", "height", "duration_seconds", "bytes", "sha256")
_CELLS = (
    *("number", "id", "status", "prompt_text", "negative_prompt", "seed", "steps", "cfg_scale", "sampler_name"),
    *("scheduler", "checkpoint_name", "loras_used", "parameters", "favorite", "tags", "notes", "session_id"),
    *("workflow_id", "batch_id", "batch_index", "batch_coordinates", "created_at", "completed_at"),
    *("generation_time_seconds", "workflow"),
)
CSV_HEAD = csv_lines([(*_CELLS_OF_FILE, *_CELLS, "error")])


def json_head(moment: datetime) -> bytes:
    """Everything before the first generation."""
    head = {"made_by": f"Spoon Feeder {__version__}", "made_at": moment}
    return orjson.dumps(head, option=_JSON).removesuffix(b"}") + b',"generations":[\n'


def manifest_of(number: int, row: Any, files: list[Any], contents: Contents) -> dict[str, Any]:
    """JSON columns stay the texts that they are; `files` has every output that it had, also one that is left out."""
    told = {"number": number, **row._mapping}
    has_graph = told.pop("has_graph")
    return told | {
        "workflow": contents.workflow_of(number, has_graph=has_graph),
        "files": [
            {
                "path": contents.path_of(number, row.seed, file),
                "index": file.position,
                **{name: getattr(file, name) for name in _OF_FILE},
                "error": contents.problems.get((number, file.position)),
            }
            for file in contents.files_of(number, files)
        ],
    }


def json_of(told: dict[str, Any]) -> bytes:
    plain = told | {name: orjson.Fragment(told[name]) for name in JSON_TEXTS if told[name] is not None}
    if plain["seed"] is not None:
        plain["seed"] = lossless(int(plain["seed"]))
    return orjson.dumps(plain, default=str, option=_JSON)


def csv_of(told: dict[str, Any]) -> bytes:
    """A row for each file. A seed is digits, as no number of a spreadsheet holds all of them."""
    own = told | {"tags": ", ".join(told["tags"])}
    rest = [csv_cell(own[name]) for name in _CELLS]
    return csv_lines(
        [*(csv_cell(file[name]) for name in _CELLS_OF_FILE), *rest, csv_cell(file["error"])] for file in told["files"]
    )
