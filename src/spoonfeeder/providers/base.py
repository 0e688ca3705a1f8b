"""What every adapter can say of the server behind it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answered:
    """What a reachable provider told of itself; None where it has no such thing."""

    message: str
    version: str | None = None
    queue_running: int | None = None
    queue_pending: int | None = None
    devices: tuple[str, ...] = ()
