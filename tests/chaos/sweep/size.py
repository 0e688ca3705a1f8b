"""How large a sweep is, and how long it may take."""

from dataclasses import dataclass
from math import prod
from typing import Any, Literal

SAMPLERS = ("euler", "euler_ancestral", "heun", "dpm_2", "lms", "ddim")
SINGLES = 3
"""Pictures of somebody else, one after the other."""


@dataclass(frozen=True, slots=True)
class Size:
    """`axes`: how many samplers, scales and seeds. `fast` and `slow` are the seconds that each ComfyUI needs for one.

    Without `bars` times are told, not judged.
    """

    axes: tuple[int, ...]
    fast: float
    slow: float
    kill: Literal["away", "back"] | None = None
    bars: bool = True
    workers: int = 2

    @property
    def pictures(self) -> int:
        return prod(self.axes)

    @property
    def ideal_seconds(self) -> float:
        """For all pictures of both people, were both machines busy without a pause and ready at the same time."""
        return (self.pictures + SINGLES) / (1 / self.fast + 1 / self.slow)

    def __str__(self) -> str:
        shape = " x ".join(str(number) for number in self.axes)
        killed = "" if self.kill is None else f", the faster one killed halfway and then {self.kill}"
        return f"{shape} pictures at {self.fast} and {self.slow} s{killed}"

    def as_body(self) -> list[dict[str, Any]]:
        """The axes as the API takes them: by values and by both kinds of range."""
        samplers, scales, seeds = self.axes
        return [
            {"parameter": "sampler_name", "values": list(SAMPLERS[:samplers])},
            {"parameter": "cfg_scale", "range": {"from": 4.0, "to": 8.0, "count": scales}},
            {"parameter": "seed", "range": {"from": 1, "to": seeds, "step": 1}},
        ]
