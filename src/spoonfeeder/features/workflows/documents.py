"""What people import: a graph as JSON in either format, bare or wrapped, or a file that has one inside."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from spoonfeeder.comfy.metadata.documents import decode, load
from spoonfeeder.comfy.metadata.found import Found, look
from spoonfeeder.comfy.metadata.reading import NoWorkflowInside, read
from spoonfeeder.comfy.metadata.source import MAX_TEXT, UnreadableFile
from spoonfeeder.core.errors import AppError
from spoonfeeder.storage.media_types import EXTENSIONS, HEAD_BYTES, UNKNOWN, sniff

API, EDITOR, OTHER_FILE = "api", "editor", "file"
NO_JSON = ("NaN", "Infinity")
"""What ComfyUI's Python writes beside JSON; a text that has it is written anew, with null instead."""
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class OnlyParameters(NoWorkflowInside):
    """This file holds only generation parameters as AUTOMATIC1111 writes them, and no ComfyUI workflow."""


class WorkflowTooLarge(AppError):
    """A workflow may have 8 MiB of JSON; this one has more."""

    status = 413
    code = "PAYLOAD_TOO_LARGE"


@dataclass(frozen=True, slots=True)
class Document:
    """`workflow` is the editor's graph, `text` the same to the letter where it stood alone in a text.

    `prompt` is the API graph beside it. Where there is no `workflow`, `source` holds the API graph, or nothing usable.
    """

    source: Any
    workflow: dict[str, Any] | None
    prompt: dict[str, Any] | None
    kind: str
    text: str | None = None


def of_json(source: dict[str, Any] | str) -> Document:
    """Raises nothing: what is wrong with `source` is told by `graph.parse`. CPU work: call it in a thread."""
    found, document = Found(), None
    try:
        document = load(source) if isinstance(source, str) else source
        look(document, found)
    except UnreadableFile:
        return Document(source, None, None, API)
    is_text = isinstance(source, str) and not any(word in source for word in NO_JSON)
    if found.workflow is not None:
        is_bare = is_text and found.workflow is document
        return Document(source, found.workflow, found.prompt, EDITOR, str(source) if is_bare else None)
    is_bare = found.prompt is None or (is_text and found.prompt is document)
    return Document(source if is_bare else found.prompt, None, None, API)


def of_file(file: BinaryIO) -> Document:
    """Raises UnreadableFile, NoWorkflowInside, WorkflowTooLarge. Blocks: call it in a thread."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if is_json(head):
        data = file.read(MAX_TEXT + 1)
        if len(data) > MAX_TEXT:
            raise WorkflowTooLarge
        return of_json(decode(data))
    found = read(file)
    if not found.has_graph:
        raise OnlyParameters
    media_type = sniff(head)
    kind = OTHER_FILE if media_type == UNKNOWN else EXTENSIONS[media_type]
    return Document(found.prompt, found.workflow, found.prompt, kind)


def is_json(head: bytes) -> bool:
    return head.lstrip()[:1] in {b"{", b"[", b'"'} or head.startswith(_BYTE_ORDER_MARKS)
