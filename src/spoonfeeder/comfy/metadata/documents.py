"""JSON as ComfyUI's Python has written it into files since 2023."""

import re
from typing import Any

import orjson

from spoonfeeder.comfy.metadata.source import MAX_TEXT, UnreadableFile
from spoonfeeder.core.json_loading import TooManyContainers, load_json

MAX_DEPTH = 64
MAX_VALUES = 500_000
# A string that never ends is eaten as a whole, or each of its quotes would be tried as a beginning.
_STRING_OR_NOT_FINITE = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|-?\bInfinity\b|\bNaN\b', re.DOTALL)


def decode(data: bytes) -> str:
    """UTF-8 wherever it is that (PNG says Latin-1, and everyone writes UTF-8)."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace").strip("\0")
    try:
        return data.decode("utf-8-sig").strip("\0")
    except UnicodeDecodeError:
        return data.decode("latin-1").strip("\0")


def load(text: str) -> Any:
    """The value, integers up to 2^64 exact; bare NaN and Infinity become null, for nothing downstream can keep them.

    Raises UnreadableFile for what is no JSON, too large, or nested more than MAX_DEPTH levels.
    """
    if len(text) > MAX_TEXT or text.count(",") > MAX_VALUES:
        raise UnreadableFile("The workflow in this file holds too many values.")
    value = _loaded(text)
    _require_shallow(value)
    return value


def _loaded(text: str) -> Any:
    try:
        return load_json(text)
    except TooManyContainers:
        raise UnreadableFile("The workflow in this file holds too many objects and lists.") from None
    except orjson.JSONDecodeError as error:
        finite = _without_not_finite(text)
        if finite == text:
            raise UnreadableFile(f"The workflow in this file is not valid JSON: {error.msg}.") from None
        return _loaded(finite)


def _without_not_finite(text: str) -> str:
    if "NaN" not in text and "Infinity" not in text:
        return text
    return _STRING_OR_NOT_FINITE.sub(lambda part: part[0] if part[0][0] == '"' else "null", text)


def _require_shallow(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for outer in level for inner in _insides(outer) if type(inner) in {dict, list}]
        if not level:
            return
    raise UnreadableFile(f"The workflow in this file is nested more than {MAX_DEPTH} levels deep.")


def _insides(value: Any) -> Any:
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case _:
            return ()
