"""The one JSON door (R29): what leaves it can be stored and read back exactly."""

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson

from spoonfeeder.core.door.refusals import MalformedJson
from spoonfeeder.core.errors import Invalid, invalid_field
from spoonfeeder.core.json_loading import load_json

MAX_DEPTH = 64
NUMBER_LIMIT = float(2**64)
INLINE_BYTES = 256 * 1024

Path = tuple[str | int, ...]


async def parse_json(body: bytes, *, max_values: int) -> Any:
    """The value of a JSON body; raises MalformedJson (400) or Invalid (422).

    Refused are more than 64 levels or `max_values` values, U+0000 in any text, and numbers from 2^64 on, which
    would lose digits. NaN, Infinity, lone surrogates and other encodings than UTF-8 are no JSON.
    """
    value = _loads(body)
    has_nul = b"\\u0000" in body
    if len(body) <= INLINE_BYTES:
        _check(value, max_values, has_nul=has_nul)
    else:
        await asyncio.to_thread(_check, value, max_values, has_nul=has_nul)
    return value


def _loads(body: bytes) -> Any:
    try:
        return load_json(body)
    except orjson.JSONDecodeError as error:
        if "depth" in error.msg:
            raise _too_deep() from None
        raise MalformedJson(f"The body is not valid JSON: {error.msg} (line {error.lineno}).") from None


def _too_deep() -> Invalid:
    return Invalid(f"The body is nested more than {MAX_DEPTH} levels deep.")


def _check(value: Any, max_values: int, *, has_nul: bool) -> None:
    """Goes through the value level by level, without recursion."""
    level, depth, seen = [value], 0, 1
    while level:
        if depth > MAX_DEPTH:
            raise _too_deep()
        deeper: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is dict or kind is list:
                deeper.extend(item.values() if kind is dict else item)
            elif kind is float and not -NUMBER_LIMIT < item < NUMBER_LIMIT:
                raise invalid_field(_place_of(value, item), "A number must be smaller than 2^64.")
        seen += len(deeper)
        if seen > max_values:
            raise Invalid(f"The body holds more than {max_values} values.")
        level, depth = deeper, depth + 1
    if has_nul:
        _refuse_nul(value)


def _refuse_nul(value: Any) -> None:
    for path, item in _walk(value):
        if isinstance(item, str) and "\x00" in item:
            raise invalid_field(_dotted(path), "Text must not hold the character U+0000.")
        if isinstance(item, dict) and any("\x00" in key for key in item):
            raise invalid_field(_dotted(path), "A name must not hold the character U+0000.")


def _place_of(value: Any, wanted: Any) -> str:
    return next((_dotted(path) for path, item in _walk(value) if item is wanted), "body")


def _walk(value: Any) -> Iterator[tuple[Path, Any]]:
    open_items: list[tuple[Path, Any]] = [((), value)]
    while open_items:
        path, item = open_items.pop()
        yield path, item
        if isinstance(item, dict):
            open_items.extend(((*path, key), child) for key, child in item.items())
        elif isinstance(item, list):
            open_items.extend(((*path, index), child) for index, child in enumerate(item))


def _dotted(path: Path) -> str:
    return ".".join(str(part)[:64] for part in path) or "body"
