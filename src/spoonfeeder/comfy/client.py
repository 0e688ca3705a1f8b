"""The calls a ComfyUI answers, typed, for every version (PROTOCOL.md)."""

import json
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from spoonfeeder.comfy.cancel import cancel_prompt
from spoonfeeder.comfy.errors import Broken, ComfyError, OutputGone, Refused, Unreadable, UnreadableEntry
from spoonfeeder.comfy.locate import Absent, Finished, Location, QueuePoller, QueueView, parse_queue
from spoonfeeder.comfy.outputs import OutputFile
from spoonfeeder.comfy.refusals import node_faults, refusal
from spoonfeeder.comfy.replaced import with_replaced
from spoonfeeder.comfy.versions import SystemInfo, system_info
from spoonfeeder.comfy.wire import Wire
from spoonfeeder.comfy.wording import Graph

logger = logging.getLogger(__name__)
SYSTEM_KEPT_SECONDS = 60.0
REPLACEMENTS_WAIT_SECONDS = 5.0
CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The prompt is queued as `prompt_id` (an old server's own).

    `refused`: the faults of outputs that ComfyUI left out without a further word, as details for a person.
    """

    prompt_id: str
    refused: list[dict[str, Any]] = field(default_factory=list)


class ComfyClient:
    """One ComfyUI over HTTP. Cheap to make, but share one per backend: it holds the shared reading of the queue.

    Every call raises Unreachable or Broken; both tell by `maybe_done` that the request may have taken effect.
    """

    def __init__(
        self,
        base_url: str,
        http: httpx2.AsyncClient,
        *,
        headers: Mapping[str, str] | None = None,
        poll_interval_seconds: float = 1.0,
    ) -> None:
        self._wire = Wire(base_url, http, headers)
        self._poller = QueuePoller(self.queue, poll_interval_seconds)
        self._system: tuple[float, SystemInfo] | None = None
        self._replacements: dict[str, Any] = {}

    @property
    def base_url(self) -> str:
        return self._wire.base_url

    @property
    def known_system(self) -> SystemInfo | None:
        """What `system` read within the last minute."""
        is_fresh = self._system is not None and monotonic() - self._system[0] < SYSTEM_KEPT_SECONDS
        return self._system[1] if self._system and is_fresh else None

    async def system(self, *, fresh: bool = False) -> SystemInfo:
        """Version, abilities and memory; kept for a minute unless `fresh`."""
        if not fresh and (known := self.known_system) is not None:
            return known
        stats = await self._wire.get("/system_stats")
        features = await self._wire.call("GET", "/features", timeout_seconds=5.0)
        jobs = await self._wire.call("GET", "/api/jobs?limit=1", timeout_seconds=5.0)
        jobs_known = isinstance(jobs.body, dict) and "jobs" in jobs.body
        info = system_info(
            stats,
            features.body if features.status == 200 else None,
            has_jobs=(jobs.status == 200 and jobs_known) or jobs.status == 500,  # 500: odd extra_data in its history
        )
        self._system = (monotonic(), info)
        return info

    async def queue_remaining(self) -> int:
        """Running and pending prompts of everybody: the cheapest sign of life."""
        body = await self._wire.get("/prompt")
        info = body.get("exec_info") if isinstance(body, dict) else None
        remaining = info.get("queue_remaining") if isinstance(info, dict) else None
        if not isinstance(remaining, int):
            raise Broken(f"What answers at {self.base_url} does not behave like ComfyUI.")
        return remaining

    async def object_info(self) -> dict[str, Any]:
        """All node definitions, and those of classes that it replaces by others: up to 20 MB and 10 s, so keep it."""
        body = await self._wire.get("/object_info", timeout_seconds=30.0)
        if not isinstance(body, dict):
            raise Broken(f"The node definitions of ComfyUI at {self.base_url} could not be read.")
        await self._read_replacements()
        return with_replaced(body, self._replacements)

    async def _read_replacements(self) -> None:
        """They are worth no definitions: without an answer that can be used, the last one stands."""
        try:
            told = await self._wire.call("GET", "/node_replacements", timeout_seconds=REPLACEMENTS_WAIT_SECONDS)
        except ComfyError as error:
            logger.warning("replaced node classes are not known: %s", error.message)
            return
        if told.status == 200 and isinstance(told.body, dict):
            self._replacements = told.body
        elif told.status == 404:  # before 0.33
            self._replacements = {}
        else:
            what = told.problem or f"HTTP {told.status}"
            logger.warning("replaced node classes of %s are not known: %s", self.base_url, what)

    async def submit(
        self,
        graph: Graph,
        *,
        prompt_id: str,
        client_id: str,
        extra_data: Mapping[str, Any] | None = None,
        timeout_seconds: float = 5.0,
    ) -> Accepted:
        """Queues the graph. `prompt_id` is a canonical UUID stored beforehand; `extra_data` is ours, never a user's.

        Raises Refused (final), or Unreachable/Broken; with `maybe_done` the prompt may be queued, so locate it first.
        """
        if not CANONICAL_UUID.fullmatch(prompt_id):
            raise ValueError(f"not a canonical UUID: {prompt_id!r}")
        body = {
            "prompt": {node_id: {"_meta": {}, **node} for node_id, node in graph.items()},  # 0.33.0 fails without one
            "prompt_id": prompt_id,
            "client_id": client_id,
            "extra_data": {"preview_method": "auto", **(extra_data or {})},
        }
        reply = await self._wire.call(
            "POST",
            "/prompt",
            timeout_seconds=timeout_seconds,
            content=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        if reply.status == 400 and isinstance(reply.body, dict):
            raise refusal(reply.body, graph)
        if reply.status == 413:
            raise Refused("The workflow is larger than this ComfyUI accepts.")
        if reply.status != 200:
            raise self._wire.unexpected(reply.status, maybe_done=True)
        return self._accepted(reply.body, prompt_id, graph)

    def _accepted(self, body: Any, prompt_id: str, graph: Graph) -> Accepted:
        if not isinstance(body, dict):
            raise Broken(f"ComfyUI at {self.base_url} accepted the run without saying so.", maybe_done=True)
        answered = body.get("prompt_id")
        known = answered if isinstance(answered, str) and 0 < len(answered) <= 100 else prompt_id
        return Accepted(known, node_faults(body.get("node_errors"), graph))

    async def queue(self) -> QueueView:
        """Everybody's queue, read now."""
        return parse_queue(await self._wire.get("/queue", timeout_seconds=10.0))

    async def history(self, prompt_id: str) -> Mapping[str, Any] | None:
        """The entry of a prompt that ended; None while it has none, and for ever if it was lost or deleted."""
        try:
            body = await self._wire.get(f"/history/{quote(prompt_id, safe='')}", timeout_seconds=30.0)
        except Unreadable as error:
            raise UnreadableEntry(error.message) from None
        entry = body.get(prompt_id) if isinstance(body, dict) else None
        return entry if isinstance(entry, dict) else None

    async def locate(self, prompt_id: str) -> Location:
        """Where the prompt is, by the shared reading of the queue (at most one per interval) and then its history."""
        return await self._place(await self._poller.view(), prompt_id)

    async def look(self, prompt_id: str) -> Location:
        """As `locate`, by a reading of the queue of its own."""
        return await self._place(await self.queue(), prompt_id)

    async def _place(self, view: QueueView, prompt_id: str) -> Location:
        # Queue first: a prompt moves from there to the history in one step, never back.
        found = view.find(prompt_id)
        if found is not None:
            return found
        entry = await self.history(prompt_id)
        return Absent() if entry is None else Finished(entry)

    async def cancel(self, prompt_id: str, *, deadline_seconds: float = 15.0) -> Location:
        """Stops this prompt wherever it is; see `cancel_prompt`. Finished may be a success that was faster."""
        return await cancel_prompt(self, prompt_id, deadline_seconds)

    async def delete_pending(self, prompt_id: str) -> None:
        """Takes it from the queue if it waits there; nothing happens otherwise."""
        self._took(await self._wire.post("/queue", {"delete": [prompt_id]}))

    async def interrupt(self, prompt_id: str) -> None:
        """Only for a prompt that the queue just showed running: servers before 0.3.57 stop whatever runs."""
        if (await self.system()).capabilities.cancels_jobs:
            reply = await self._wire.post(f"/api/jobs/{quote(prompt_id, safe='')}/cancel", {})
            if reply.status == 200:
                return
        self._took(await self._wire.post("/interrupt", {"prompt_id": prompt_id}))

    def _took(self, reply: Any) -> None:
        if reply.status != 200:
            raise self._wire.unexpected(reply.status)

    @asynccontextmanager
    async def stream_output(self, file: OutputFile) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of one file in chunks, uncapped: the taker counts. Raises OutputGone."""
        async with self._wire.stream("GET", _view_path(file), headers={"Accept-Encoding": "identity"}) as response:
            self._check_view(response.status_code, file)
            yield response.aiter_bytes()

    async def probe_output(self, file: OutputFile) -> bool:
        """Whether ComfyUI has this file."""
        async with self._wire.stream("HEAD", _view_path(file)) as response:
            if response.status_code == 404:
                return False
            self._check_view(response.status_code, file)
            return True

    def _check_view(self, status: int, file: OutputFile) -> None:
        if status in {400, 403, 404}:
            raise OutputGone(f"ComfyUI no longer has the file {file.filename}.")
        if status != 200:
            raise self._wire.unexpected(status)

    async def upload(
        self, name: str, path: Path, media_type: str = "application/octet-stream", *, timeout_seconds: float = 60.0
    ) -> str:
        """Copies the file among the inputs; gives the name to use in the graph, which may differ from `name`."""
        with path.open("rb") as content:
            reply = await self._wire.call(
                "POST",
                "/upload/image",
                timeout_seconds=timeout_seconds,
                files={"image": (name, content, media_type)},
                data={"type": "input"},
            )
        told = reply.body if isinstance(reply.body, dict) else {}
        stored, folder = told.get("name"), told.get("subfolder") or ""
        if reply.status != 200:
            raise self._wire.unexpected(reply.status, maybe_done=True)
        if not isinstance(stored, str) or not isinstance(folder, str) or not stored:
            raise Broken(f"ComfyUI at {self.base_url} did not say where it put the file.")
        return f"{folder}/{stored}" if folder else stored


def _view_path(file: OutputFile) -> str:
    return "/view?" + urlencode({"filename": file.filename, "subfolder": file.subfolder, "type": file.type})
