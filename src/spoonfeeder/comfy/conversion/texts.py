"""What the editor does to texts while it sends them: choices in prompts, tokens in file names."""

import re
from collections.abc import Callable
from datetime import datetime

from spoonfeeder.comfy.graph import GraphError

MAX_TEXT = 200_000
COMMENT = re.compile(r"/\*|//")
LINE_END = re.compile(r"[\n\r\u2028\u2029]")
TOKEN = re.compile(r"%([^%]+)%")
DATE_PART = re.compile(r"d{1,2}|M{1,2}|y{2,4}|h{1,2}|m{1,2}|s{1,2}")
UNSAFE = re.compile(r'[/?<>\\:*|"\x00-\x1f\x7f]')
ESCAPED = "{}|"
# What ComfyUI itself fills in when it saves, always with leading zeros.
SERVER_PARTS = {"yyyy": "%year%", "MM": "%month%", "dd": "%day%", "hh": "%hour%", "mm": "%minute%", "ss": "%second%"}
Look = Callable[[str, str], str | None]


def first_choices(text: str) -> str:
    """Without comments, and with the first of the choices in every `{a|b}`; `\\{`, `\\|` and `\\}` are literal."""
    text = _without_comments(text)
    out: list[str] = []
    choosing: list[bool] = []  # per open brace: whether its first choice is still being read
    silent = 0
    position = 0
    while position < len(text):
        letter = text[position]
        if letter == "\\" and text[position + 1 : position + 2] in tuple(ESCAPED):
            position += 1
            letter = text[position]
        elif letter == "{":
            choosing.append(True)
            letter = ""
        elif letter == "}" and choosing:
            silent -= not choosing.pop()
            letter = ""
        elif letter == "|" and choosing:
            silent += choosing[-1]
            choosing[-1] = False
            letter = ""
        if not silent:
            out.append(letter)
        position += 1
    return "".join(out)


def _without_comments(text: str) -> str:
    kept: list[str] = []
    position = 0
    closing = text.rfind("*/")
    for found in COMMENT.finditer(text):
        start = found.start()
        if start < position:
            continue
        if found[0] == "//":
            line_end = LINE_END.search(text, start)
            after = line_end.start() if line_end else len(text)
        elif start + 2 <= closing:
            after = text.index("*/", start + 2) + 2
        else:
            continue
        kept.append(text[position:start])
        position = after
    return "".join([*kept, text[position:]])


def fill_tokens(text: str, now: datetime | None, look: Look) -> str:
    """`%date:FORMAT%` and `%Node.widget%`; every other token is left for ComfyUI. Raises GraphError if it grows huge.

    Without a time the parts of a date become ComfyUI's own tokens, so that each run has its own.
    """
    size = len(text)

    def fill(found: re.Match[str]) -> str:
        nonlocal size
        value = _token(found[1], now, look)
        if value is None:
            return found[0]
        size += len(value)
        if size > MAX_TEXT:
            raise GraphError("A file name with the values of other nodes in it is too long.")
        return value

    return TOKEN.sub(fill, text)


def _token(token: str, now: datetime | None, look: Look) -> str | None:
    if token.startswith("date:"):
        return _date(token[5:], now)
    node, dot, widget = token.partition(".")
    value = look(node, widget) if dot and "." not in widget else None
    return None if value is None else UNSAFE.sub("_", value)


def _date(form: str, now: datetime | None) -> str | None:
    if now is None:
        parts = DATE_PART.findall(form)
        return DATE_PART.sub(lambda part: SERVER_PARTS[part[0]], form) if set(parts) <= set(SERVER_PARTS) else None
    return DATE_PART.sub(lambda part: _part(part[0], now), form)


def _part(part: str, now: datetime) -> str:
    if part[0] == "y":
        return part if len(part) == 3 else f"{now.year:04}"[-len(part) :]
    letters = {"d": now.day, "M": now.month, "h": now.hour, "m": now.minute, "s": now.second}
    return f"{letters[part[0]]:0{len(part)}}"
