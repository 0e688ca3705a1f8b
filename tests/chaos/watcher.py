"""A browser that watches the run: subscribed to every session, and back after each lost connection (I6)."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from websockets.exceptions import WebSocketException

from tests.socket_client import Refused, SocketClient, open_socket

ENDS = {"generation:completed", "generation:failed", "generation:cancelled"}
AGAIN_SECONDS = 0.2


class Watcher:
    def __init__(self, api_url: str, sessions: Sequence[str]) -> None:
        self._api_url = api_url
        self._sessions = sessions
        self._clients: list[SocketClient] = []

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with open_socket(self._api_url) as client:
                    self._clients.append(client)
                    for session_id in self._sessions:
                        await client.call("subscribe:session", session_id)
                    await client.ended.wait()
            except (OSError, WebSocketException, Refused, asyncio.CancelledError) as error:
                if isinstance(error, asyncio.CancelledError) and _told_to_stop():
                    raise
            await asyncio.sleep(AGAIN_SECONDS)

    def ends(self) -> dict[str, set[tuple[str, int]]]:
        """By generation the ends that were told: event and `seq`. More than one means that an end was taken back."""
        told: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for client in self._clients:
            for name, payload, _ in client.received:
                if name in ENDS:
                    told[payload["id"]].add((name, payload["seq"]))
        return told


def _told_to_stop() -> bool:
    """A call whose connection ended is cancelled too; only a task that somebody cancelled is `cancelling`."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
