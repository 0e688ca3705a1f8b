"""Latents, trained weights, 3D models and drawings: all begin with a text that says what they are."""

from typing import Any

from spoonfeeder.comfy.metadata.documents import decode, load
from spoonfeeder.comfy.metadata.found import PROMPT, WORKFLOW, Texts
from spoonfeeder.comfy.metadata.source import Source

GLB = b"glTF"
_METADATA, _QUOTED, _UNQUOTED = b"<metadata>", b"<![CDATA[", b"]]>"


def of_safetensors(source: Source) -> Texts:
    """<length><JSON>, its `__metadata__`; raises UnreadableFile, as do the others."""
    length = int.from_bytes(source.read(0, 8), "little")
    header = load(decode(source.text(8, length)))
    return _both(_member(header, "__metadata__"))


def of_glb(source: Source) -> Texts:
    """After the file's own twelve bytes <length>JSON<JSON>, its `asset.extras`."""
    length = int.from_bytes(source.read(12, 4), "little")
    header = load(decode(source.text(20, length)))
    return _both(_member(_member(header, "asset"), "extras"))


def of_svg(source: Source) -> Texts:
    """One JSON object with both, quoted in `<metadata>`."""
    _, _, inside = source.text(0, source.size).partition(_METADATA)
    before, _, quoted = inside.partition(_QUOTED)
    text, closed, _ = quoted.partition(_UNQUOTED)
    return [(WORKFLOW, text)] if closed and not before.strip() else []


def _both(told: Any) -> Texts:
    texts = {name: _member(told, name) for name in (WORKFLOW, PROMPT)}
    return [(name, text.encode(errors="replace")) for name, text in texts.items() if isinstance(text, str)]


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
