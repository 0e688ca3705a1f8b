"""What a comparison of two kept files says; the decoders that it takes are loaded when one is asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

Verdict = Literal["same", "near", "different"]
Way = Literal["pixels", "samples", "bytes"]


class File(NamedTuple):
    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The figures are there where pixels were compared; `psnr_db` is None where nothing differs.

    `reason` says in words what the figures cannot.
    """

    verdict: Verdict
    compared: Way
    mean_difference: float | None = None
    max_difference: int | None = None
    psnr_db: float | None = None
    differing_share: float | None = None
    frames: int | None = None
    reason: str | None = None
