"""Nodes of which only the types matter: every output is an input of the same type, or a new stand-in."""

from collections.abc import Iterable
from typing import Any

from PIL import Image

from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes.registry import Inputs, Result
from spoonfeeder.simulator.values import Clip, Latent, Pictures, Sound, Token, digest_of

_CLASSES: dict[str, type] = {"IMAGE": Pictures, "MASK": Pictures, "LATENT": Latent, "AUDIO": Sound, "VIDEO": Clip}


def pass_through(run: NodeRun, inputs: Inputs) -> Result:
    return Result(
        tuple(_output(run, kind, inputs.values()) for kind in run.around.catalogue.output_types(run.class_type))
    )


def _output(run: NodeRun, kind: Any, values: Iterable[Any]) -> Any:
    given = list(values)
    for value in given:
        if _is_of(kind, value):
            return Token(value.kind, run.digest, value.text) if isinstance(value, Token) else value
    return stand_in(kind, run.digest, words(given))


def _is_of(kind: Any, value: Any) -> bool:
    if isinstance(value, Token):
        return bool(value.kind == kind)
    if isinstance(value, Pictures):
        return (kind == "MASK") == (value.frames[0].mode == "L") and kind in ("IMAGE", "MASK")
    return kind in _CLASSES and isinstance(value, _CLASSES[kind])


def stand_in(kind: Any, digest: str, text: str) -> Any:
    plain: dict[str, Any] = {"INT": 1, "FLOAT": 1.0, "STRING": text, "BOOLEAN": False}
    if isinstance(kind, list) or kind == "COMBO":
        return ""
    if kind in plain:
        return plain[kind]
    if kind == "IMAGE":
        return Pictures((Image.new("RGB", (512, 512), "#808080"),), digest)
    if kind == "MASK":
        return Pictures((Image.new("L", (512, 512), 255),), digest)
    if kind == "LATENT":
        return Latent(512, 512, 1, digest)
    if kind == "VIDEO":
        return Clip(stand_in("IMAGE", digest, text), 8.0, None, digest)
    if kind == "AUDIO":
        return Sound(1.0, 44100, 2, digest)
    return Token(str(kind), digest_of(digest, kind), text)


def words(values: Iterable[Any]) -> str:
    """The prompt's words among a node's inputs: of its conditionings, or its own texts."""
    found = [value.text for value in values if isinstance(value, Token) and value.text]
    return " ".join(found)
