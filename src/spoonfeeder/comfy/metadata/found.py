"""What the texts of a file mean: the editor's graph, the API graph, or A1111's generation parameters.

The shape decides, not the name alone: people's tools put either graph under either name, bare or wrapped, and some
pack the JSON into JSON once more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from spoonfeeder.comfy.metadata.documents import decode, load
from spoonfeeder.comfy.metadata.source import MAX_TEXT, UnreadableFile

WORKFLOW, PROMPT, PARAMETERS, COMMENT = "workflow", "prompt", "parameters", "comment"
NAMES = frozenset({WORKFLOW, PROMPT, PARAMETERS, COMMENT})
MAX_WRAPPINGS = 6
_WRAPPERS = ("workflow", "extra_pnginfo", "extra_data", "prompt", "output", "workflow_json")
_QUEUE_ITEM = 6

Texts = Iterable[tuple[str, bytes]]
"""(one of NAMES, what it says), each made when it is asked for, so that one at a time is in memory."""


@dataclass(slots=True)
class Found:
    """`workflow`: as the editor saves it. `prompt`: as the server runs it. `parameters`: A1111's text."""

    workflow: dict[str, Any] | None = None
    prompt: dict[str, Any] | None = None
    parameters: str | None = None

    @property
    def has_graph(self) -> bool:
        return bool(self.workflow or self.prompt)

    def __bool__(self) -> bool:
        return self.has_graph or bool(self.parameters)


def name_of(word: str) -> str | None:
    """The name that a key of a file stands for, in whatever case; None for one that holds nothing for us."""
    word = word.strip().lower()
    if word in {"description", "com.apple.quicktime.comment", "com.apple.quicktime.description"}:
        return COMMENT
    return word if word in NAMES else None


def gather(texts: Texts) -> Found:
    """Raises UnreadableFile if the only workflow there cannot be read; a broken one beside a good one is no fault.

    Comments are looked into only where nothing has a name of its own.
    """
    found = Found()
    faults: list[UnreadableFile | None] = []
    comments: list[bytes] = []
    for name, data in texts:
        if name == PARAMETERS:
            found.parameters = decode(data)
        elif name != COMMENT:
            faults.append(_attempt(decode(data), found, MAX_WRAPPINGS))
        elif sum(map(len, comments)) + len(data) <= MAX_TEXT:
            comments.append(data)
    for comment in () if found.has_graph else comments:
        _look_into_comment(decode(comment), found)
    if not found:
        _raise_first(faults)
    return found


def look(value: Any, found: Found, wrappings: int = MAX_WRAPPINGS) -> None:
    """Puts the graphs in a JSON value or text into `found`, the first of each kind; raises UnreadableFile."""
    if isinstance(value, str):
        value = load(value)
    if isinstance(value, dict) and isinstance(value.get("nodes"), list):
        found.workflow = found.workflow or value
    elif isinstance(value, dict) and any(_is_node(inner) for inner in value.values()):
        found.prompt = found.prompt or value
    elif wrappings:
        faults = [_attempt(inner, found, wrappings - 1) for inner in _wrapped(value)]
        if not found.has_graph:
            _raise_first(faults)


def _attempt(value: Any, found: Found, wrappings: int) -> UnreadableFile | None:
    try:
        look(value, found, wrappings)
    except UnreadableFile as fault:
        return fault
    return None


def _raise_first(faults: list[UnreadableFile | None]) -> None:
    for fault in faults:
        if fault:
            raise fault


def _look_into_comment(comment: str, found: Found) -> None:
    if _is_json_text(comment):
        _attempt(comment, found, MAX_WRAPPINGS)
    elif "Steps: " in comment and "Sampler: " in comment:
        found.parameters = found.parameters or comment


def _is_node(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("class_type"), str)


def _wrapped(value: Any) -> list[Any]:
    """Also an item of ComfyUI's queue `[number, id, prompt, extra data, outputs]` and its history `{id: entry}`."""
    match value:
        case str():
            inside: list[Any] = [value]
        case list():
            inside = value[:_QUEUE_ITEM]
        case dict():
            inside = [value[key] for key in _WRAPPERS if key in value] or (
                list(value.values()) if len(value) == 1 else []
            )
        case _:
            return []
    return [inner for inner in inside if isinstance(inner, dict | list) or _is_json_text(inner)]


def _is_json_text(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip().startswith(("{", '"'))
