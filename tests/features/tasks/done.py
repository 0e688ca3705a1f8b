"""Tasks that a worker carries out, and what they left."""

from collections.abc import Callable
from typing import Any

from tests.features.chat.asked import rows
from tests.features.tasks.asked import profile, task
from tests.fixtures import openai_media_replies
from tests.fixtures.application import Application
from tests.fixtures.scripted import Asked, Reply, Scripted
from tests.waiting import until_async

ENDED = {"complete", "failed", "cancelled"}
URLS = {"openai": "{}/v1"}


async def at(server: Scripted, api: Application, provider: str = "openai", name: str = "Scripted") -> str:
    """A profile of the scripted server."""
    return await profile(api, provider, name, url=URLS.get(provider, "{}").format(server.url))


async def queue(api: Application, profile_id: str, **body: Any) -> str:
    made = await task(api, **{"provider": "auto", "profile_id": profile_id, "model": "gpt-4o-mini", **body})
    return str(made["id"])


async def until(api: Application, task_id: str, condition: Callable[[Any], bool], within_seconds: float = 120) -> Any:
    row: Any = None

    async def holds() -> bool:
        nonlocal row
        row = await api.json("GET", f"/tasks/{task_id}")
        return condition(row)

    try:
        await until_async(holds, within_seconds=within_seconds)
    except TimeoutError:
        raise AssertionError(f"not in {within_seconds} s: {row}") from None
    return row


async def ended(api: Application, task_id: str, within_seconds: float = 120) -> Any:
    return await until(api, task_id, lambda row: row["status"] in ENDED, within_seconds)


async def calls(api: Application, task_id: str) -> list[tuple[Any, ...]]:
    """Status and code of its calls, the first one first."""
    return await rows(
        api, f"SELECT status, error_code FROM usage_calls WHERE task_id = '{task_id}' ORDER BY started_at"
    )


class Video:
    """A job that is never done by itself; it counts how often it was started."""

    def __init__(self) -> None:
        self.started = self.cancelled = 0
        self.looks: list[Reply] = [openai_media_replies.video("in_progress", 30)]

    def __call__(self, asked: Asked) -> Reply:
        if asked.method == "POST":
            self.started += 1
            return openai_media_replies.video("queued", 0)
        if asked.method == "DELETE":
            self.cancelled += 1
            return openai_media_replies.video_deleted()
        if asked.path.endswith("/content"):
            return openai_media_replies.video_content()
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
