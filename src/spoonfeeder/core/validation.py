"""What Pydantic says of a body or a query, as the error that docs/api.md promises."""

from collections.abc import Iterable, Mapping
from typing import Any

from spoonfeeder.core.errors import Invalid

MAX_DETAILS = 50
MAX_NAME_LENGTH = 100
_SENTENCES = {
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "must be an object"),
    "string_pattern_mismatch": "is not written as it has to be",
}
_PARTS_OF_A_REQUEST = frozenset({"body", "query", "path", "header", "cookie"})


def validation_failure(errors: Iterable[Mapping[str, Any]]) -> Invalid:
    """A 422 with one detail per field, without any value that was sent."""
    details = [_detail(error) for error in errors]
    first = details[0]
    rest = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    return Invalid(f"{first['loc']}: {first['message']}{rest}.", details=details[:MAX_DETAILS])


def _detail(error: Mapping[str, Any]) -> dict[str, str]:
    place = [str(part) for part in error["loc"]]
    named = place[1:] if len(place) > 1 and place[0] in _PARTS_OF_A_REQUEST else place
    said = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    message = _SENTENCES.get(str(error["type"]), said)
    return {"loc": ".".join(named)[:MAX_NAME_LENGTH], "type": str(error["type"]), "message": message}
