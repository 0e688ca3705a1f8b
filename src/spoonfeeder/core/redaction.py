"""What may not stand in a log: secrets, and characters that a terminal or a log reader would obey."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "***"
SECRET_NAME = re.compile(
    r"api_?key|authorization|cookie|credential|encryption_key|passw(or)?d|secret|(^|_)token$|(access|refresh|bearer)_?token"
    r"|spoonfeeder_refresh",
    re.IGNORECASE,
)
SECRET_TEXT = re.compile(
    r"(?P<bearer>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}"
    r"|(?P<user>://[^/\s:@]*:)[^/\s@]+(?=@)"
    r"|(?P<field>(?:api[_-]?key|password|secret|(?:access|refresh)_?token|spoonfeeder_refresh|x-goog-api-key"
    r"|[?&](?:key|token))[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;)}]{4,}"
    r"|(?:\b|(?<=%[0-9A-F]{2}))(?P<prefix>sk-|sk_|AIza|xai-|hf_|ghp_|whsec_|sf_(?=[A-Za-z0-9_-]{20}))[A-Za-z0-9_-]{12,}"
    r"|(?:(?<![A-Za-z0-9_-])|(?<=%[0-9A-F]{2}))eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?",
    re.IGNORECASE,
)
# C0, DEL and C1 controls, line separators, and the marks that turn the direction of text.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
DEEPEST = 6


def clean(value: Any, depth: int = 0) -> Any:
    """`value` with the secrets in its texts and under telling names replaced by `***`."""
    if isinstance(value, str):
        return hide_secrets(value)
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, Mapping):
        if depth >= DEEPEST:
            return "<deeper>"
        return {key: HIDDEN if _is_secret(key, item) else clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return "<deeper>" if depth >= DEEPEST else [clean(item, depth + 1) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return hide_secrets(str(value))


def hide_secrets(text: str) -> str:
    """`text` without what looks like a key, a password in an address, a token or a cookie of a login."""
    return SECRET_TEXT.sub(lambda found: (found[found.lastgroup] if found.lastgroup else "") + HIDDEN, text)


def escape_controls(text: str) -> str:
    """`text` on one line: control characters as `\\n`, `\\x1b`, `\\u2028`."""
    return CONTROLS.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def _is_secret(name: Any, value: Any) -> bool:
    return isinstance(name, str) and bool(SECRET_NAME.search(name)) and not isinstance(value, bool)
