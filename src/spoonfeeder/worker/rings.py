"""Rings that come by PostgreSQL: every worker hears them all, and who finds no row has asked once too often."""

from collections.abc import Mapping
from uuid import UUID

import orjson

from spoonfeeder.durable.lease import Lease
from spoonfeeder.realtime import postgres_bus
from spoonfeeder.runtime import Runtime
from spoonfeeder.worker.crew import Crew


async def listen_to_postgres(runtime: Runtime, crews: Mapping[str, Crew[Lease]]) -> None:
    """Calls the crews by the names of their lines, until cancelled."""

    def call_all() -> None:
        for crew in crews.values():
            crew.call()

    def hear(message: bytes) -> None:
        try:
            ring = orjson.loads(message)
            queue, subject = str(ring["queue"]), ring["subject"] and UUID(ring["subject"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        answer(queue, subject)

    def answer(queue: str, subject: UUID | None) -> None:
        if subject is not None:
            wake(runtime, subject)
        elif queue in crews:
            crews[queue].call()

    await runtime.bus.listen(postgres_bus.RINGS, hear, call_all)


def wake(runtime: Runtime, subject: UUID) -> None:
    """Asks for a look at the row, if this process holds it."""
    lease = runtime.leases.get(subject)
    if lease is not None:
        lease.nudge()
