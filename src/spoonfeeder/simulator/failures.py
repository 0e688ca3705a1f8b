"""Exceptions of nodes, under the names and with the texts that ComfyUI shows them with."""

from typing import Any

from spoonfeeder.simulator.values import Clip, Latent, Pictures, Sound, Token

_MEMORY_HINT = (
    "This error means you ran out of memory on your GPU.\n\nTIPS: If the workflow worked before you might have"
    " accidentally set the batch_size to a large number."
)


class OutOfMemoryError(RuntimeError):
    """Stands for the accelerator's own error."""


class SafetensorError(Exception):
    """A model file that cannot be read."""


_SHOWN_TYPES = {
    OutOfMemoryError: "torch.OutOfMemoryError",
    SafetensorError: "safetensors._safetensors_rust.SafetensorError",
}


def describe(error: Exception) -> tuple[str, str]:
    """exception_message and exception_type."""
    hint = _MEMORY_HINT if isinstance(error, OutOfMemoryError) else ""
    kind = type(error)
    named = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"{error}\n{hint}", _SHOWN_TYPES.get(kind, named)


def shown(value: Any) -> Any:
    """An input as `current_inputs` tells it: plain values as they are, anything else as text."""
    if value is None or isinstance(value, int | float | bool | str):
        return value
    if isinstance(value, Pictures):
        first = value.frames[0]
        return f"tensor of {len(value.frames)} x {first.height} x {first.width}"
    if isinstance(value, Latent | Token | Sound | Clip):
        return f"<{type(value).__name__} {value.digest[:12]}>"
    return str(value)
