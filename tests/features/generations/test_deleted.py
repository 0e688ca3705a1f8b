"""Deleting a session or profile and bringing it back: counters always tell the visible rows."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.db.comfyui import Generation
from spoonfeeder.runtime import open_runtime
from tests.fixtures.application import Application
from tests.fixtures.pace import Pace
from tests.fixtures.workflows import workflow
from tests.waiting import until_async

SLOW = {"1": {"class_type": "ProbeSleep", "inputs": {"seconds": 1.0, "interruptible": False, "nonce": 1}}}


def counters(session: Any) -> tuple[int, int, int]:
    return session["generation_count"], session["completed_count"], session["failed_count"]


async def test_a_generation_comes_back_only_together_with_its_deleted_session(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(session_id, parameters={"steps": 1})
    await application.ended(made["id"])
    await application.json("DELETE", f"/comfyui/sessions/{session_id}")

    refused = await application.json("POST", f"/comfyui/generations/{made['id']}/restore", 409)
    assert refused["code"] == "NOTHING_TO_RESTORE"
    await application.json("GET", f"/comfyui/generations/{made['id']}", 404)
    assert counters(await application.json("POST", f"/comfyui/sessions/{session_id}/restore")) == (1, 1, 0)
    assert (await application.json("GET", f"/comfyui/generations/{made['id']}"))["status"] == "completed"


async def test_what_ended_while_the_session_was_deleted_counts_when_it_is_back(
    application: Application, pace: Pace
) -> None:
    session_id = await application.session()
    made = await application.generate(session_id, workflow_json=SLOW)
    await application.until(made["id"], lambda row: row["started_at"])
    await application.json("DELETE", f"/comfyui/sessions/{session_id}")
    pace.let()
    async with open_runtime(application.settings) as runtime:

        async def has_ended() -> bool:
            async with runtime.engine.connect() as connection:
                status = select(Generation.status).where(Generation.id == UUID(made["id"]))
                return await connection.scalar(status) == "completed"

        await until_async(has_ended)
    restored = await application.json("POST", f"/comfyui/sessions/{session_id}/restore")
    assert counters(restored) == (1, 1, 0)


async def test_a_profile_comes_back_with_all_that_went_with_it(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    kept = await application.generate(session_id, parameters={"steps": 1})
    row = await application.ended(kept["id"])
    gone = await application.generate(session_id, parameters={"steps": 1})
    await application.ended(gone["id"])
    await application.json("DELETE", f"/comfyui/generations/{gone['id']}")
    profile = f"/profiles/{row['profile_id']}"
    before = await application.json("GET", profile)
    await application.json("DELETE", profile)

    await application.json("POST", f"/comfyui/sessions/{session_id}/restore", 409)
    restored = await application.json("POST", f"{profile}/restore")
    assert restored | {"updated_at": None} == before | {"updated_at": None}
    await application.json("GET", f"/comfyui/workflows/{row['workflow_id']}")
    session = await application.json("GET", f"/comfyui/sessions/{session_id}")
    assert (counters(session), [item["id"] for item in session["generations"]]) == ((1, 1, 0), [kept["id"]])
    await application.json("POST", f"{profile}/restore", 409)
    await application.json("POST", f"/comfyui/generations/{gone['id']}/restore")
