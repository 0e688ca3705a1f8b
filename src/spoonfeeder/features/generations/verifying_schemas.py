"""Answers about what generations were made on, and whether they came out the same again."""

from uuid import UUID

from pydantic import BaseModel

from spoonfeeder.core.schema import Timestamp
from spoonfeeder.storage.verdicts import Verdict, Way


class FingerprintOut(BaseModel):
    """`node_classes` are digests of their definitions, `inputs` the sha256 of uploads by `<node>.<input>`."""

    comfyui_version: str | None
    python_version: str | None
    pytorch_version: str | None
    devices: list[str] | None
    node_classes: dict[str, str] | None
    inputs: dict[str, str]


class EnvironmentChange(BaseModel):
    """`what` is a field of the fingerprint, or `<field>.<name>` of one that has many; `message` tells it in words."""

    what: str
    before: str | None
    after: str | None
    message: str


class VerifiedOutput(BaseModel):
    """One file beside the one of the first run; differences are in levels of 255, `index` is the first run's."""

    index: int
    verdict: Verdict | None
    compared: Way | None = None
    mean_difference: float | None = None
    max_difference: int | None = None
    psnr_db: float | None = None
    differing_share: float | None = None
    frames: int | None = None
    reason: str | None = None


class Verification(BaseModel):
    """`verdict` is the worst of all outputs, null where it could not be told; `reason` then says why.

    `cached_nodes` of its nodes ComfyUI did not run again, since it still had what they had made.
    """

    verifies: UUID
    verdict: Verdict | None
    outputs: list[VerifiedOutput]
    environment: list[EnvironmentChange]
    cached_nodes: int
    reason: str | None


class VerifiedBy(BaseModel):
    """The newest generation that has verified this one."""

    id: UUID
    verdict: Verdict | None
    completed_at: Timestamp
