"""How much one socket and one user may ask for (R21)."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The local owner is everybody at this machine, hence the higher number of sockets."""

    outbound_packets: int = 1_000
    outbound_bytes: int = 1024 * 1024
    inbound_bytes: int = 64 * 1024
    events_per_second: float = 20.0
    event_burst: int = 250
    """A client that comes back subscribes to all its rooms at once."""
    rooms: int = 200
    sockets_per_user: int = 20
    sockets_of_local_owner: int = 200
    connections: int = 2_000
    join_seconds: float = 10.0
    handshake_seconds: float = 5.0
    refused_seconds: float = 1.0
    """How long a client that is not let in has to hang up by itself."""
    write_seconds: float = 20.0
    snapshots_at_once: int = 8
    handshakes_at_once: int = 8


class Bucket:
    """Tokens that come back with time."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = float(burst)
        self._at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
