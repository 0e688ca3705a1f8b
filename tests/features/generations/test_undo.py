"""Deleting hides, restoring brings back, and after seven days the rows and their files are gone."""

import json
from pathlib import Path

from sqlalchemy import text

from spoonfeeder.features.generations.chores import purge_deleted
from spoonfeeder.features.media.removal import remove_files
from spoonfeeder.runtime import open_runtime
from spoonfeeder.work import open_system_work
from tests.comfy.metadata.writers import png
from tests.features.foreign import database
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow


async def completed(application: Application) -> tuple[str, str]:
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(session_id, parameters={"steps": 1})
    assert (await application.ended(made["id"]))["status"] == "completed"
    return session_id, made["id"]


def files(application: Application) -> list[Path]:
    return [path for path in application.settings.media_path.rglob("*.*") if path.is_file()]


async def eight_days_later(application: Application) -> None:
    async with database(application.settings) as session:
        for table in ("comfyui_generations", "comfyui_sessions", "comfyui_workflows", "profiles"):
            later = f"UPDATE {table} SET deleted_at = deleted_at - interval '8 days' WHERE deleted_at IS NOT NULL"
            await session.execute(text(later))
    async with open_runtime(application.settings) as runtime, open_system_work(runtime, "test") as work:
        await purge_deleted(work)
        await remove_files(work)


async def test_a_deleted_generation_can_be_restored_with_its_picture(application: Application) -> None:
    session_id, generation_id = await completed(application)
    path = f"/comfyui/generations/{generation_id}"
    assert (await application.json("DELETE", path))["status"] == "completed"
    await application.json("GET", path, 404)
    await application.json("GET", f"{path}/outputs/0", 404)
    assert (await application.json("GET", f"/comfyui/sessions/{session_id}"))["generation_count"] == 0
    assert (await application.json("POST", f"{path}/restore"))["id"] == generation_id
    assert (await application.http.get(f"/api{path}/outputs/0")).status_code == 200
    session = await application.json("GET", f"/comfyui/sessions/{session_id}")
    assert (session["generation_count"], session["completed_count"], session["failed_count"]) == (1, 1, 0)
    assert (await application.json("POST", f"{path}/restore", 409))["code"] == "NOTHING_TO_RESTORE"


async def test_a_deleted_session_comes_back_whole(application: Application) -> None:
    session_id, generation_id = await completed(application)
    await application.json("DELETE", f"/comfyui/sessions/{session_id}")
    await application.json("GET", f"/comfyui/sessions/{session_id}", 404)
    await application.json("GET", f"/comfyui/generations/{generation_id}", 404)
    await application.json("POST", f"/comfyui/sessions/{session_id}/restore")
    session = await application.json("GET", f"/comfyui/sessions/{session_id}")
    assert [row["id"] for row in session["generations"]] == [generation_id]


async def test_after_seven_days_rows_and_files_are_gone(application: Application) -> None:
    session_id, generation_id = await completed(application)
    _, kept = await completed(application)
    assert len(files(application)) == 4, "a picture and a thumbnail each"
    await application.json("DELETE", f"/comfyui/sessions/{session_id}")
    await eight_days_later(application)
    assert len(files(application)) == 2
    await application.json("POST", f"/comfyui/sessions/{session_id}/restore", 409)
    await application.json("POST", f"/comfyui/generations/{generation_id}/restore", 409)
    assert (await application.http.get(f"/api/comfyui/generations/{kept}/outputs/0")).status_code == 200


async def test_a_workflow_takes_the_picture_along_that_it_came_in(api: Application) -> None:
    content = png(texts={"prompt": json.dumps(workflow("txt2img_sd15"))})
    made = [await api.json("POST", "/comfyui/workflows", 201, files={"file": ("a.png", content)}) for _ in range(2)]
    assert len(files(api)) == 4
    await api.json("DELETE", f"/comfyui/workflows/{made[0]['id']}")
    await eight_days_later(api)
    assert len(files(api)) == 2
    assert (await api.http.get(made[1]["thumbnail_url"])).status_code == 200
    await api.json("GET", f"/media/{made[0]['source_media_id']}", 404)


async def test_a_deleted_profile_takes_its_sessions_and_running_work_along(application: Application) -> None:
    session_id, generation_id = await completed(application)
    slow = {"1": {"class_type": "ProbeSleep", "inputs": {"seconds": 20, "interruptible": True, "nonce": 1}}}
    running = await application.generate(session_id, workflow_json=slow)
    await application.until(running["id"], lambda row: row["started_at"])
    await application.json("DELETE", f"/profiles/{await application.profile()}")
    for path in (f"/comfyui/sessions/{session_id}", f"/comfyui/generations/{generation_id}"):
        await application.json("GET", path, 404)
    assert await application.json("GET", "/comfyui/workflows") == []
    await application.simulator.settled()
    assert [run.outcome for run in application.simulator.log.of(running["id"])] == ["interrupted"]
    await eight_days_later(application)
    assert files(application) == []
