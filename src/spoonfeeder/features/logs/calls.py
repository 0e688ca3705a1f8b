"""The calls that are answered but not yet written to the API log: in memory, bounded, the oldest go first.

Of calls by nobody, which no limit counts where there is no route, only so many are kept: a flood of them neither fills
the disk nor pushes out what people did.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asgi_correlation_id import correlation_id
from starlette.types import Scope

from spoonfeeder.core.actor import NO_WORKSPACE, User
from spoonfeeder.core.bucket import Bucket
from spoonfeeder.core.door.traffic import UNMATCHED
from spoonfeeder.core.redaction import escape_controls
from spoonfeeder.core.vocabulary import Provider

MOST_WAITING = 10_000
NOBODYS_PER_SECOND = 20
NOBODYS_AT_ONCE = 1_000
AT_ONCE = 500
SILENT = frozenset({"/api/health/live", "/api/health/ready"})
LONGEST_PEER = 64


@dataclass(frozen=True, slots=True)
class Call:
    """`at` is Unix seconds at the beginning; `seconds` counts until the last byte, or until nobody read any more."""

    at: float
    method: str
    route: str
    status: int
    seconds: float
    actor: User | None
    provider: str | None
    peer: str | None
    request_id: str | None

    def row(self) -> dict[str, Any]:
        actor = self.actor
        return {
            "at": self.at,
            "method": self.method,
            "route": self.route,
            "status": self.status,
            "duration_ms": round(self.seconds * 1000, 3),
            "user_id": _id(actor.user_id) if actor else None,
            "api_key_id": _id(actor.api_key_id) if actor else None,
            "workspace_id": _id(actor.workspace_id) if actor else None,
            "provider": self.provider,
            "peer": None if self.peer is None else escape_controls(self.peer)[:LONGEST_PEER],
            "request_id": self.request_id,
        }


class WaitingCalls:
    """`enough` is set when a whole batch waits; `lost` counts what went before it could be written."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._waiting: deque[Call] = deque(maxlen=most)
        self._nobodys = Bucket(NOBODYS_PER_SECOND, NOBODYS_AT_ONCE)
        self.enough = asyncio.Event()
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, scope: Scope, at: float, status: int, seconds: float) -> None:
        """Takes what the log keeps of a request; never raises and never waits."""
        route: str = getattr(scope.get("route"), "path_format", UNMATCHED)
        if route in SILENT:
            return
        state = scope.get("state", {})
        client = scope.get("client")
        self._put(
            Call(
                at=at,
                method=scope["method"],
                route=route,
                status=status,
                seconds=seconds,
                actor=state.get("actor"),
                provider=Provider.COMFYUI if route.startswith("/api/comfyui") else state.get("provider"),
                peer=client[0] if client else None,
                request_id=correlation_id.get(),
            )
        )

    def take(self) -> list[Call]:
        """The oldest, at most a batch of them."""
        taken = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        if len(self._waiting) < AT_ONCE:
            self.enough.clear()
        return taken

    def put_back(self, calls: Iterable[Call]) -> None:
        """Those that could not be written, as far as there is room beside the newer ones."""
        older = list(calls)
        room = (self._waiting.maxlen or 0) - len(self._waiting)
        kept = older[len(older) - room :] if room < len(older) else older
        self.lost += len(older) - len(kept)
        self._waiting.extendleft(reversed(kept))

    def _put(self, call: Call) -> None:
        if call.actor is None and not self._nobodys.take():
            self.lost += 1
            return
        if len(self._waiting) == self._waiting.maxlen:
            self.lost += 1
        self._waiting.append(call)
        if len(self._waiting) >= AT_ONCE:
            self.enough.set()


def _id(given: UUID | None) -> str | None:
    return None if given in (None, NO_WORKSPACE) else str(given)


def keys_used(calls: Iterable[Call]) -> list[UUID]:
    """The API keys that these calls came with."""
    return sorted({call.actor.api_key_id for call in calls if call.actor and call.actor.api_key_id})
