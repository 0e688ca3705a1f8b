"""/api/jobs: queue and history as one list, from 0.33.0 (shared/comfyui/PROTOCOL.md §4)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from spoonfeeder.simulator.prompt_routes import is_canonical
from spoonfeeder.simulator.queue import Item, PromptQueue
from spoonfeeder.simulator.replies import Json

STATUSES = ("pending", "in_progress", "completed", "failed", "cancelled")
_END_EVENTS = ("execution_success", "execution_error", "execution_interrupted")

Job = dict[str, Any]


class BadQuery(Exception):
    """A filter that makes no sense; the text is the reply."""


@dataclass
class JobRoutes:
    queue: PromptQueue
    interrupt: threading.Event

    def routes(self) -> list[Route]:
        return [
            Route("/jobs", self.show_all, methods=["GET"]),
            Route("/jobs/cancel", self.cancel_many, methods=["POST"]),
            Route("/jobs/{job_id}", self.show_one, methods=["GET"]),
            Route("/jobs/{job_id}/cancel", self.cancel_one, methods=["POST"]),
        ]

    async def show_all(self, request: Request) -> Response:
        asked = request.query_params
        try:
            statuses = _statuses(asked.get("status"))
            order = _sort_key(asked.get("sort_by", "created_at"))
            descending = _descending(asked.get("sort_order", "desc"))
            limit = _whole(asked.get("limit"), "limit", 1, "a positive integer")
            offset = _whole(asked.get("offset"), "offset", 0, "a non-negative integer") or 0
        except BadQuery as error:
            return Json({"error": str(error)}, 400)
        jobs = [job for job, _ in self._jobs() if job["status"] in statuses]
        if "workflow_id" in asked:
            jobs = [job for job in jobs if job.get("workflow_id") == asked["workflow_id"]]
        jobs.sort(key=order, reverse=descending)
        page = jobs[offset:][:limit]
        more = offset + len(page) < len(jobs)
        pagination = {"offset": offset, "limit": limit, "total": len(jobs), "has_more": more}
        return Json({"jobs": page, "pagination": pagination})

    async def show_one(self, request: Request) -> Response:
        for job, entry in self._jobs():
            if job["id"] == request.path_params["job_id"]:
                return Json({**job, **_details(entry)} if entry else job)
        return Json({"error": "Job not found"}, 404)

    async def cancel_one(self, request: Request) -> Response:
        return Json({"cancelled": self._cancel(request.path_params["job_id"])})

    async def cancel_many(self, request: Request) -> Response:
        body = await request.json()
        job_ids = body.get("job_ids") if isinstance(body, dict) else None
        if not isinstance(job_ids, list):
            return Json({"error": "job_ids must be a list"}, 400)
        invalid = [job_id for job_id in job_ids if not is_canonical(job_id)]
        if invalid:
            return Json({"error": "job_ids contains invalid id(s)", "invalid_ids": invalid}, 400)
        return Json({"cancelled": sum(map(self._cancel, job_ids)) > 0})

    def _cancel(self, job_id: str) -> bool:
        if self.queue.delete(job_id):
            return True
        if self.queue.is_running(job_id):
            self.interrupt.set()
            return True
        return False

    def _jobs(self) -> list[tuple[Job, dict[str, Any] | None]]:
        running, pending = self.queue.snapshot()
        jobs: list[tuple[Job, dict[str, Any] | None]] = []
        jobs += [(_of_item(item, "in_progress"), None) for item in running]
        jobs += [(_of_item(item, "pending"), None) for item in pending]
        jobs += [(_of_entry(entry), entry) for entry in self.queue.all_history().values()]
        return jobs


def _of_item(item: Item, status: str) -> Job:
    job: Job = {
        "id": item.prompt_id,
        "status": status,
        "priority": item.number,
        "create_time": item.extra_data.get("create_time"),
        "outputs_count": 0,
        "previewable_outputs_count": 0,
    }
    workflow_id = item.extra_data.get("extra_pnginfo", {}).get("workflow", {}).get("id")
    return job if workflow_id is None else {**job, "workflow_id": workflow_id}


def _of_entry(entry: dict[str, Any]) -> Job:
    messages = dict(entry["status"]["messages"])
    ended = next((event for event in _END_EVENTS if event in messages), "execution_error")
    status = {"execution_success": "completed", "execution_interrupted": "cancelled"}.get(ended, "failed")
    job = _of_item(entry["prompt"], status)
    workflow_id = job.pop("workflow_id", None)
    job["execution_start_time"] = messages.get("execution_start", {}).get("timestamp")
    job["execution_end_time"] = messages.get(ended, {}).get("timestamp")
    if status == "failed":
        job["execution_error"] = messages.get("execution_error")
    files = _files(entry["outputs"])
    job["outputs_count"] = job["previewable_outputs_count"] = len(files)
    if files:
        job["preview_output"] = next((file for file in files if file["type"] == "output"), files[0])
    return job if workflow_id is None else {**job, "workflow_id": workflow_id}


def _files(outputs: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {**entry, "nodeId": node_id, "mediaType": media_type}
        for node_id, ui in outputs.items()
        for media_type, entries in ui.items()
        for entry in entries
        if isinstance(entry, dict) and "filename" in entry
    ]


def _details(entry: dict[str, Any]) -> dict[str, Any]:
    item: Item = entry["prompt"]
    return {
        "outputs": entry["outputs"],
        "execution_status": entry["status"],
        "workflow": {"prompt": item.graph, "extra_data": item.extra_data},
    }


def _statuses(text: str | None) -> list[str]:
    asked = [word.strip() for word in text.split(",")] if text else list(STATUSES)
    unknown = [word for word in asked if word not in STATUSES]
    if unknown:
        raise BadQuery(f"Invalid status value(s): {', '.join(unknown)}. Valid values: {', '.join(STATUSES)}")
    return asked


def _sort_key(sort_by: str) -> Callable[[Job], float]:
    if sort_by == "created_at":
        return lambda job: job["create_time"] or 0
    if sort_by == "execution_duration":
        return lambda job: (job.get("execution_end_time") or 0) - (job.get("execution_start_time") or 0)
    raise BadQuery("sort_by must be 'created_at' or 'execution_duration'")


def _descending(sort_order: str) -> bool:
    if sort_order not in ("asc", "desc"):
        raise BadQuery("sort_order must be 'asc' or 'desc'")
    return sort_order == "desc"


def _whole(text: str | None, name: str, least: int, demand: str) -> int | None:
    if text is None:
        return None
    try:
        number = int(text)
    except ValueError:
        raise BadQuery(f"{name} must be an integer") from None
    if number < least:
        raise BadQuery(f"{name} must be {demand}")
    return number
