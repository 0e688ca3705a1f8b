"""A request that waits at the simulated ComfyUI until the test lets it go, however slow the machine is."""

import asyncio
from dataclasses import dataclass, field

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from spoonfeeder.simulator import Simulator, door
from spoonfeeder.simulator.faults import HttpFault, play


@dataclass
class Held(HttpFault):
    """`has_come` when it is there; it is answered once `may_go` is set."""

    has_come: asyncio.Event = field(default_factory=asyncio.Event)
    may_go: asyncio.Event = field(default_factory=asyncio.Event)


def hold(monkeypatch: pytest.MonkeyPatch, simulator: Simulator, path: str, times: int = 1) -> Held:
    """The next `times` requests whose path begins so."""

    async def hold_or_play(fault: HttpFault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> bool:
        if not isinstance(fault, Held):
            return await play(fault, app, scope, receive, send)
        fault.has_come.set()
        await fault.may_go.wait()
        await app(scope, receive, send)
        return False

    held = Held(path, "slow", times=times)
    monkeypatch.setattr(door, "play", hold_or_play)
    simulator.faults.http.append(held)
    return held
