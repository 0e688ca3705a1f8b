"""What the upkeep does with tasks, and whom their ends are told."""

from typing import Any

import pytest
from sqlalchemy import text

from spoonfeeder.features.media.removal import remove_files
from spoonfeeder.features.tasks.chores import purge_deleted_tasks
from spoonfeeder.features.usage.chores import close_lost_calls
from spoonfeeder.runtime import open_runtime
from spoonfeeder.work import open_system_work
from tests.features.foreign import database
from tests.features.tasks.done import Video, at, calls, ended, queue, until
from tests.fixtures import openai_media_replies
from tests.fixtures.application import Application
from tests.fixtures.scripted import scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def change(api: Application, statement: str, task_id: str) -> None:
    async with database(api.settings) as session:
        await session.execute(text(statement), {"id": task_id})


async def test_a_deleted_task_goes_for_good_with_its_files(working: Application) -> None:
    async with scripted(script=openai_media_replies.whatever_is_asked) as server:
        profile_id = await at(server, working)
        gone, stays = [
            await ended(working, await queue(working, profile_id, type="image", model=None)) for _ in range(2)
        ]
    for row in (gone, stays):
        await working.json("DELETE", f"/tasks/{row['id']}")
    await change(working, "UPDATE tasks SET deleted_at = now() - interval '8 days' WHERE id = :id", gone["id"])
    files = set(working.settings.media_path.rglob("*.*"))
    async with open_runtime(working.settings) as runtime, open_system_work(runtime, "test") as work:
        await purge_deleted_tasks(work)
        await remove_files(work)
    left = set(working.settings.media_path.rglob("*.*"))
    assert len(files - left) == 2, "the picture and its thumbnail"
    await working.json("POST", f"/tasks/{gone['id']}/restore", 409)
    await working.json("POST", f"/tasks/{stays['id']}/restore")
    output = (await working.json("GET", f"/tasks/{stays['id']}"))["result"]["outputs"][0]
    assert (await working.http.get(output["url"])).content == openai_media_replies.png()


async def test_a_job_that_takes_long_is_no_lost_call_and_its_end_is_told(working: Application) -> None:
    video = Video()
    async with scripted(script=video) as server:
        profile_id = await at(server, working)
        task_id = await queue(working, profile_id, type="video", model=None, name="A long one")
        await until(working, task_id, lambda row: row["progress"] == 30)
        began = "UPDATE usage_calls SET started_at = now() - interval '2 hours' WHERE task_id = :id"
        await change(working, began, task_id)
        async with open_runtime(working.settings) as runtime, open_system_work(runtime, "test") as work:
            await close_lost_calls(work)
        assert await calls(working, task_id) == [("open", None)]
        await change(working, "UPDATE tasks SET started_at = now() - interval '2 minutes' WHERE id = :id", task_id)
        video.looks = [openai_media_replies.video()]
        await ended(working, task_id)
    assert await calls(working, task_id) == [("complete", None)]
    listed: list[Any] = (await working.http.get("/api/notifications")).json()["data"]
    assert [(each["type"], each["code"], each["subject_id"]) for each in listed] == [
        ("success", "TASK_COMPLETED", task_id)
    ]
    assert "A long one" in listed[0]["message"]
