"""Which generations an archive is of: what the list's filters leave, and nothing of anybody else."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, update

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.db import Batch, Generation, Project
from tests.features.foreign import database, insert_foreign
from tests.features.generations.archive.made import PATH, add, ids, manifest, opened, session, unpacked
from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_filters_select_and_others_are_never_in_it(shared_api: Application) -> None:
    settings = shared_api.settings
    await insert_foreign(settings)
    async with database(settings) as rows:
        await rows.execute(update(Generation).values(deleted_at=func.now()))  # those of the other tests
    project = Project(id=uuid4(), name="Piers", workspace_id=DEFAULT_WORKSPACE_ID)
    async with database(settings) as rows:
        rows.add(project)
    inside, outside = await session(settings, project_id=project.id), await session(settings)
    batch_id = uuid4()
    async with database(settings) as rows:
        rows.add(Batch(id=batch_id, kind="sweep", total=2, workspace_id=DEFAULT_WORKSPACE_ID))
    pier = await add(settings, session_id=inside, prompt_text="a pier at night", batch_id=batch_id, batch_index=1)
    boat = await add(settings, session_id=inside, prompt_text="a boat", favorite=True)
    lost = await add(settings, [], session_id=outside, status="failed", error="No.", batch_id=batch_id)
    await shared_api.json("DELETE", f"/comfyui/generations/{(await add(settings, session_id=inside)).id}")
    every = {"pier": pier.id, "boat": boat.id, "lost": lost.id}
    for path, query, expected in (
        (PATH, {}, "pier boat lost"),
        (PATH, {"q": "pier"}, "pier"),
        (PATH, {"favorite": "true"}, "boat"),
        (PATH, {"status": ["failed", "completed"], "session_id": outside}, "lost"),
        (PATH, {"project_id": project.id}, "pier boat"),
        (PATH, {"batch_id": batch_id}, "pier lost"),
        (PATH, {"ids": f"{boat.id},{pier.id}"}, "pier boat"),
        (PATH, {"ids": [str(lost.id), str(pier.id)]}, "pier lost"),
        (PATH, {"ids": str(lost.id), "include": "pictures"}, "lost"),
        (f"/api/comfyui/sessions/{inside}/archive", {}, "pier boat"),
        (f"/api/comfyui/sessions/{inside}/archive", {"q": "boat"}, "boat"),
        (f"/api/comfyui/batches/{batch_id}/archive", {}, "pier lost"),
        (f"/api/comfyui/projects/{project.id}/archive", {}, "pier boat"),
    ):
        found = ids(await opened(shared_api, path, **query))
        assert found == [str(every[name]) for name in expected.split()], (path, query)


async def test_by_more_ids_than_an_address_holds(shared_api: Application) -> None:
    rows = [await add(shared_api.settings, []) for _ in range(3)]
    named = [str(row.id) for row in rows[:2]] + [str(uuid4()) for _ in range(990)]
    answer = await shared_api.http.post(PATH, json={"ids": named, "include": ["workflows"]})
    archive = unpacked(answer.content)
    assert ids(archive) == named[:2]
    assert {row["workflow"] for row in manifest(archive)} <= set(archive.namelist())


async def test_what_is_not_there_or_makes_no_sense_is_refused(shared_api: Application) -> None:
    foreign = await insert_foreign(shared_api.settings)
    empty = await session(shared_api.settings)
    cases: list[tuple[str, int, str]] = [
        (f"sessions/{uuid4()}/archive", 404, "SESSION_NOT_FOUND"),
        (f"sessions/{foreign.session_id}/archive", 404, "SESSION_NOT_FOUND"),
        (f"sessions/{empty}/archive", 404, "NOTHING_TO_EXPORT"),
        (f"projects/{uuid4()}/archive", 404, "PROJECT_NOT_FOUND"),
        (f"batches/{uuid4()}/archive", 404, "BATCH_NOT_FOUND"),
        (f"generations/archive?ids={foreign.generation_id}", 404, "NOTHING_TO_EXPORT"),
        ("generations/archive?ids=", 422, "VALIDATION_ERROR"),
        ("generations/archive?ids=x", 422, "VALIDATION_ERROR"),
        (f"generations/archive?ids={','.join(['0' * 7] * 1_001)}", 422, "VALIDATION_ERROR"),
        ("generations/archive?include=everything", 422, "VALIDATION_ERROR"),
        ("generations/archive?export_id=mine", 422, "VALIDATION_ERROR"),
        ("generations/archive?colour=blue", 422, "VALIDATION_ERROR"),
        (f"generations/archive/link?session_id={empty}", 404, "NOTHING_TO_EXPORT"),
        (f"generations/archive/{'x' * 43}", 404, "ARCHIVE_LINK_NOT_FOUND"),
    ]
    for path, status, code in cases:
        told: Any = await shared_api.json("GET", f"/comfyui/{path}", status)
        assert told["code"] == code, path
    bodies: list[dict[str, Any]] = [
        {},
        {"ids": []},
        {"ids": [str(uuid4())] * 1_001},
        {"ids": ["x"]},
        {"ids": [str(uuid4())], "q": "x"},
    ]
    for body in bodies:
        await shared_api.json("POST", "/comfyui/generations/archive", 422, json=body)


async def test_a_link_needs_no_permission_where_nobody_signs_in(shared_api: Application) -> None:
    row = await add(shared_api.settings)
    link = await shared_api.json("GET", f"/comfyui/generations/archive/link?ids={row.id}&include=pictures")
    assert "&s=" not in link["url"]
    archive = unpacked((await shared_api.http.get(link["url"])).content)
    assert ids(archive) == [str(row.id)]
    assert (link["total_generations"], link["total_files"]) == (1, 1)
    assert "workflows/0001.json" not in archive.namelist()
