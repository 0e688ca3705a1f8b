"""How much one socket and one user may ask for (R21)."""

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
    connections_per_peer: int = 500
    join_seconds: float = 10.0
    handshake_seconds: float = 5.0
    refused_seconds: float = 1.0
    """How long a client that is not let in has to hang up by itself."""
    write_seconds: float = 20.0
    snapshots_at_once: int = 8
    handshakes_at_once: int = 8
