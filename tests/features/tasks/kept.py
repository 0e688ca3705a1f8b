"""Tasks as a worker leaves them, without one."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.db import Media, Result, Task, UsageCall
from tests.abuse.populated import PNG
from tests.features.foreign import database
from tests.features.tasks.asked import upload
from tests.fixtures.application import Application

MINE: dict[str, Any] = {"workspace_id": DEFAULT_WORKSPACE_ID}
METADATA = {
    "model": "gpt",
    "input_tokens": 7,
    "output_tokens": 9,
    "tokens": 16,
    "cost_usd": 0.25,
    "finish_reason": "stop",
}


async def keep(api: Application, status: str = "complete", content: str | None = None, **fields: Any) -> str:
    """The id of a task that began 4 s before its end; with `content` it has that result."""
    ended = datetime.now(UTC)
    begun = {"started_at": ended - timedelta(seconds=4)}
    moments = {"complete": begun | {"completed_at": ended}, "failed": begun | {"completed_at": ended}, "pending": {}}
    usual = {"name": "Kept", "type": "text", "provider": "openai", "model": "gpt", "prompt": "A pier"}
    if status == "running":
        moments["running"] = begun | {"lease_until": ended + timedelta(hours=1)}
    if status == "complete":
        usual["progress"] = 100  # type: ignore[assignment]
    row = Task(id=uuid4(), status=status, **(usual | moments.get(status, {}) | fields), **MINE)
    async with database(api.settings) as session:
        session.add(row)
        await session.flush()
        if content is not None:
            session.add(Result(task_id=row.id, type=row.type, content=content, details=METADATA, **MINE))
    return str(row.id)


async def keep_pictures(api: Application, task_id: str, count: int = 2) -> list[str]:
    """The media ids of the pictures of its result."""
    ids = [await upload(api, PNG, f"made{position}.png") for position in range(count)]
    made = {"media_type": "image/png", "bytes": len(PNG), "sha256": "0" * 64}
    outputs = [
        {"index": position, "filename": f"made{position}.png", "url": f"/api/media/{media_id}", **made}
        for position, media_id in enumerate(ids)
    ]
    async with database(api.settings) as session:
        for position, media_id in enumerate(ids):
            moved = {"task_id": UUID(task_id), "position": position}
            await session.execute(update(Media).where(Media.id == UUID(media_id)).values(**moved))
        kept = {"task_id": UUID(task_id), "type": "image", "details": METADATA, "outputs": outputs}
        session.add(Result(content=outputs[0]["url"], **kept, **MINE))
    return ids


async def spend(api: Application, task_id: str, **fields: Any) -> None:
    """A call that was made for the task."""
    usual = {"provider": "openai", "model": "gpt", "purpose": "task", "status": "complete"}
    async with database(api.settings) as session:
        session.add(UsageCall(task_id=UUID(task_id), **(usual | fields), **MINE))
