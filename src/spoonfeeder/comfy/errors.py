"""What can go wrong with ComfyUI: exceptions for calls, `Failure` for what is kept with a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spoonfeeder.core.errors import AppError


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run ended badly: a stable code, a sentence for a person, and per node what ComfyUI said."""

    code: str
    sentence: str
    details: tuple[Mapping[str, Any], ...] = ()


class ComfyError(AppError):
    """A call to ComfyUI did not work.

    `maybe_done`: the request may have taken effect all the same, so look before sending it again.
    """

    status = 502
    code = "COMFYUI_ERROR"

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Sequence[Mapping[str, Any]] | None = None,
        maybe_done: bool = False,
    ) -> None:
        super().__init__(message or type(self).code, details=details)
        self.maybe_done = maybe_done

    @property
    def failure(self) -> Failure:
        return Failure(self.code, self.message, tuple(self.details or ()))


class Unreachable(ComfyError):
    """ComfyUI did not answer, or what answered was only something in front of it."""

    status = 503
    code = "COMFYUI_UNREACHABLE"


class NotAllowed(Unreachable):
    """ComfyUI was not asked: its address may not be called."""

    code = "TARGET_NOT_ALLOWED"


class Broken(ComfyError):
    """ComfyUI answered with something that cannot be used."""

    code = "COMFYUI_BROKEN"


class Unreadable(Broken):
    """An answer that should have been there is too large or no JSON; asking again will not help for long."""


class UnreadableEntry(Unreadable):
    """The prompt has ended, but the record of it cannot be used."""


class Refused(ComfyError):
    """ComfyUI looked at the graph and refused it: final, the details name nodes and inputs."""

    status = 422
    code = "COMFYUI_REFUSED"


class Stalled(ComfyError):
    """Nothing moved for so long that ComfyUI's worker must be dead or stuck."""

    status = 504
    code = "COMFYUI_STALLED"


class OutputGone(ComfyError):
    """ComfyUI no longer has this file."""

    status = 404
    code = "COMFYUI_OUTPUT_GONE"


NODE_FAILED = "COMFYUI_NODE_FAILED"
OUT_OF_MEMORY = "COMFYUI_OUT_OF_MEMORY"
INTERRUPTED = "COMFYUI_INTERRUPTED"
LOST = Failure(
    "COMFYUI_LOST",
    "ComfyUI no longer knows this run: it was restarted, or someone cleared its queue or history.",
)
