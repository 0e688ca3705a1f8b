"""/prompt, /queue, /history, /interrupt, /free"""

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from spoonfeeder.simulator.catalogue import Catalogue
from spoonfeeder.simulator.faults import Faults
from spoonfeeder.simulator.files import Folders
from spoonfeeder.simulator.queue import Item, PromptQueue
from spoonfeeder.simulator.replacements import replace_classes
from spoonfeeder.simulator.replies import Json
from spoonfeeder.simulator.validation import validate
from spoonfeeder.simulator.version import Version


@dataclass
class PromptRoutes:
    queue: PromptQueue
    catalogue: Catalogue
    folders: Folders
    version: Version
    faults: Faults
    interrupt: threading.Event
    number: int = field(default=0)

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Callable[..., Any]]] = [
            ("/prompt", "GET", self.info),
            ("/prompt", "POST", self.submit),
            ("/queue", "GET", self.show_queue),
            ("/queue", "POST", self.change_queue),
            ("/history", "GET", self.show_history),
            ("/history", "POST", self.change_history),
            ("/history/{prompt_id}", "GET", self.show_entry),
            ("/interrupt", "POST", self.stop),
            ("/free", "POST", self.free),
        ]
        return [Route(path, endpoint, methods=[method]) for path, method, endpoint in table]

    async def info(self, request: Request) -> Response:
        return Json(self.queue.info())

    async def submit(self, request: Request) -> Response:
        body = json.loads(await request.body())
        number = self._number(body)
        if "prompt" not in body:
            return _refused({**_plain("no_prompt", "No prompt provided"), "details": "No prompt provided"})
        prompt_id, problem = self._prompt_id(body)
        if problem is not None:
            return _refused(problem)
        if self.version.replaces_classes:
            replace_classes(body["prompt"], self.catalogue.replacements, self.catalogue.classes)
        verdict = validate(
            body["prompt"], self.catalogue, self.folders, self.version, body.get("partial_execution_targets")
        )
        extra_data = body.get("extra_data", {})
        if "client_id" in body:
            extra_data["client_id"] = body["client_id"]
        if verdict.error is not None:
            return _refused(verdict.error, verdict.node_errors)
        if self.version.stamps_create_time:
            extra_data["create_time"] = int(time.time() * 1000)
        self.queue.put(Item(number, prompt_id, body["prompt"], extra_data, verdict.targets))
        return Json({"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors})

    def _number(self, body: Any) -> float:
        """Also counted for prompts that are refused."""
        if "number" in body:
            return float(body["number"])
        number = self.number
        self.number += 1
        return -number if "front" in body and bool(body["front"]) else number

    def _prompt_id(self, body: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
        chosen = body.get("prompt_id")
        if "prompt_id" not in body or self.faults.own_prompt_ids or (self.version.requires_uuid and chosen is None):
            return str(uuid.uuid4()), None
        if self.version.requires_uuid and not is_canonical(chosen):
            problem = _plain("invalid_prompt_id", "prompt_id must be a valid UUID")
            return "", {
                **problem,
                "details": "a lower-case UUID with hyphens is wanted; without one the server draws it",
            }
        return str(chosen), None

    async def show_queue(self, request: Request) -> Response:
        running, pending = self.queue.snapshot()
        return Json({"queue_running": list(map(self._told, running)), "queue_pending": list(map(self._told, pending))})

    def _told(self, item: Item) -> Item:
        return item.without_secrets() if self.version.hides_secrets_in_queue else item

    async def change_queue(self, request: Request) -> Response:
        body = json.loads(await request.body())
        if body.get("clear"):
            self.queue.clear()
        if "delete" in body:
            for prompt_id in body["delete"]:
                self.queue.delete(prompt_id)
        return Response()

    async def show_history(self, request: Request) -> Response:
        asked = request.query_params
        max_items = int(asked["max_items"]) if "max_items" in asked else None
        offset = int(asked["offset"]) if "offset" in asked else -1
        return Json({**self.queue.entries(max_items, offset), **self.faults.history_entries})

    async def show_entry(self, request: Request) -> Response:
        prompt_id = request.path_params["prompt_id"]
        entry = self.faults.history_entries.get(prompt_id) or self.queue.entry(prompt_id)
        return Json({} if entry is None else {prompt_id: entry})

    async def change_history(self, request: Request) -> Response:
        body = json.loads(await request.body())
        if body.get("clear"):
            self.queue.forget_all()
        if "delete" in body:
            for prompt_id in body["delete"]:
                self.queue.forget(prompt_id)
        return Response()

    async def stop(self, request: Request) -> Response:
        """With a prompt_id only if that prompt runs; the flag is cleared again when the next prompt starts."""
        try:
            body = json.loads(await request.body())
        except ValueError:
            body = {}
        prompt_id = body.get("prompt_id")
        if not prompt_id or self.queue.is_running(prompt_id):
            self.interrupt.set()
        return Response()

    async def free(self, request: Request) -> Response:
        body = json.loads(await request.body())
        self.queue.flags.unload_models |= bool(body.get("unload_models", False))
        self.queue.flags.free_memory |= bool(body.get("free_memory", False))
        self.queue.wake()
        return Response()


def is_canonical(prompt_id: Any) -> bool:
    """Whether it is a UUID in lower case with hyphens."""
    try:
        return isinstance(prompt_id, str) and str(uuid.UUID(prompt_id)) == prompt_id
    except ValueError:
        return False


def _plain(kind: str, message: str) -> dict[str, Any]:
    return {"type": kind, "message": message, "details": "", "extra_info": {}}


def _refused(error: dict[str, Any], node_errors: dict[str, Any] | None = None) -> Response:
    return Json({"error": error, "node_errors": node_errors or {}}, 400)
