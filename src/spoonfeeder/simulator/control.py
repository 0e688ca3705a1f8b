"""HTTP routes that steer faults from another process; only there if the simulator was started with `control`."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from spoonfeeder.simulator.faults import Faults
from spoonfeeder.simulator.replies import Json
from spoonfeeder.simulator.run_log import RunLog

SWITCHES = ("sockets_silent", "sockets_refused", "worker_dead", "own_prompt_ids", "history_entries")


class ControlRoutes:
    """POST /simulator/faults with any of the switches and `http`: a list of faults to add; DELETE clears all."""

    def __init__(self, faults: Faults, log: RunLog, freeze_sockets: Callable[[], None]) -> None:
        self._faults = faults
        self._log = log
        self._freeze_sockets = freeze_sockets

    def routes(self) -> list[Route]:
        return [
            Route("/simulator/faults", self.show, methods=["GET"]),
            Route("/simulator/faults", self.change, methods=["POST"]),
            Route("/simulator/faults", self.clear, methods=["DELETE"]),
            Route("/simulator/freeze", self.freeze, methods=["POST"]),
            Route("/simulator/runs", self.runs, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        return Json(self._faults.as_json())

    async def change(self, request: Request) -> Response:
        body: dict[str, Any] = await request.json()
        for fault in body.pop("http", []):
            self._faults.add(**fault)
        for name, value in body.items():
            if name not in SWITCHES:
                return Json({"error": f"there is no fault named {name}"}, 400)
            setattr(self._faults, name, value)
        return Json(self._faults.as_json())

    async def clear(self, request: Request) -> Response:
        self._faults.clear()
        return Json(self._faults.as_json())

    async def freeze(self, request: Request) -> Response:
        self._freeze_sockets()
        return Json(self._faults.as_json())

    async def runs(self, request: Request) -> Response:
        return Json({"runs": [asdict(run) for run in self._log.runs], "requests": self._log.requests})
