"""What OpenAI tells beside what it made: tokens, sizes, lengths. Where it is told strangely, the rest still counts."""

from typing import Any, TypeVar

import msgspec

from spoonfeeder.providers.base import Usage

_Told = TypeVar("_Told", bound=msgspec.Struct)


class _Cached(msgspec.Struct):
    cached_tokens: int | None = None


class _Reasoned(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Tokens(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    input_tokens_details: _Cached | None = None
    output_tokens_details: _Reasoned | None = None


def lenient(raw: Any, kind: type[_Told]) -> _Told:
    """`kind` without what it could tell, where that cannot be understood."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError:
        return kind()


def tokens_of(raw: Any) -> Usage:
    """The usage of all but chat completions, which name it otherwise."""
    told = lenient(raw, _Tokens)
    cached, reasoned = told.input_tokens_details, told.output_tokens_details
    return Usage(
        input_tokens=told.input_tokens,
        output_tokens=told.output_tokens,
        total_tokens=told.total_tokens,
        cached_tokens=cached.cached_tokens if cached else None,
        reasoning_tokens=reasoned.reasoning_tokens if reasoned else None,
    )


def known(**details: Any) -> dict[str, str | int | float]:
    """Those that have a plain value."""
    return {name: value for name, value in details.items() if isinstance(value, str | int | float)}


def number_of(text: Any) -> float | None:
    """OpenAI writes some lengths as text."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
