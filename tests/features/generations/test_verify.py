"""A generation run again, here or on another machine, and what is said of what came out."""

import asyncio
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from PIL import Image, ImageChops
from sqlalchemy import select, update

from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.media import Media
from spoonfeeder.simulator import Options
from spoonfeeder.storage.disk import DiskStorage
from spoonfeeder.storage.keeping import one_chunk
from tests.features.foreign import database, insert_foreign
from tests.fixtures.application import Application, serve_work
from tests.fixtures.machines import another_machine, own_machine
from tests.fixtures.workflows import workflow

PATH = "/comfyui/generations"


async def made(application: Application, name: str = "txt2img_sd15", **body: Any) -> dict[str, Any]:
    started = await application.generate(await application.session(workflow(name)), **body)
    return await completed(application, started["id"])


async def completed(application: Application, generation_id: str) -> dict[str, Any]:
    row: dict[str, Any] = await application.ended(generation_id)
    assert row["status"] == "completed", row["error"]
    return row


async def verified(application: Application, first: dict[str, Any], **body: Any) -> dict[str, Any]:
    key = {"Idempotency-Key": str(uuid4())}
    verify = partial(application.json, "POST", f"{PATH}/{first['id']}/verify", 201, json=body, headers=key)
    again, repeated = await verify(), await verify()
    assert again["id"] == repeated["id"]
    assert (again["verifies"], again["rerun_of"], again["verification"]) == (first["id"], first["id"], None)
    return await completed(application, again["id"])


async def replace_kept(application: Application, generation_id: str, change: Any) -> None:
    """The last kept picture becomes what `change` makes of it; None: it is gone."""
    storage = DiskStorage(application.settings.media_path)
    async with database(application.settings) as session:
        mine = select(Media).where(Media.generation_id == UUID(generation_id)).order_by(Media.position.desc())
        media = await session.scalar(mine.limit(1))
    assert media is not None
    async with storage.local_file(media.storage_key) as path:
        picture = Image.open(BytesIO(path.read_bytes())).convert("RGB")
    changed = change(picture)
    if changed is None:
        await storage.delete(media.storage_key)
        return
    file = BytesIO()
    changed.save(file, "PNG")
    await storage.put(one_chunk(file.getvalue()), name=str(media.id), limit_bytes=10**8)


def brighter(levels: int) -> Any:
    return lambda picture: ImageChops.add(picture, Image.new("RGB", picture.size, (levels,) * 3))


async def test_the_same_graph_makes_the_same_picture(application: Application) -> None:
    first = await made(application, "txt2img_sd15_batch4")
    second = await verified(application, first)
    told = second["verification"]
    assert (told["verdict"], told["verifies"], told["reason"]) == ("same", first["id"], None)
    assert [output["index"] for output in told["outputs"]] == [0, 1, 2, 3]
    figures = {(output["compared"], output["max_difference"], output["psnr_db"]) for output in told["outputs"]}
    assert figures == {("pixels", 0, None)}, "the files differ by what is written into them"
    assert told["environment"] == []
    assert told["cached_nodes"] > 0, "the same ComfyUI need not sample again"
    assert [output["sha256"] for output in second["outputs"]] != [output["sha256"] for output in first["outputs"]]
    shown = await application.json("GET", f"{PATH}/{first['id']}")
    expected = {"id": second["id"], "verdict": "same", "completed_at": second["completed_at"]}
    assert shown["verified_by"] == expected
    assert second["verified_by"] is None
    listed = (await application.http.get(f"/api{PATH}")).json()["data"]
    assert listed[0]["verification"] == told
    assert "fingerprint" not in listed[0]


async def test_other_pixels_are_near_or_different_and_no_file_is_no_verdict(application: Application) -> None:
    first = await made(application, "txt2img_sd15_batch4")
    for change, verdict in ((brighter(1), "near"), (brighter(40), "different"), (lambda _: None, None)):
        await replace_kept(application, first["id"], change)
        told = (await verified(application, first))["verification"]
        assert told["verdict"] == verdict, told
        assert [output["verdict"] for output in told["outputs"]] == ["same", "same", "same", verdict]
        assert (told["reason"] is None) == (verdict is not None)
        assert (await application.json("GET", f"{PATH}/{first['id']}"))["verified_by"]["verdict"] == verdict
    assert told["reason"] == "The file of the first run is no longer kept here."


async def test_a_broken_file_or_a_first_run_that_is_gone_costs_no_generation(application: Application) -> None:
    first = await made(application)
    storage = DiskStorage(application.settings.media_path)
    async with database(application.settings) as session:
        media = await session.scalar(select(Media).where(Media.generation_id == UUID(first["id"])))
    assert media is not None
    async with storage.local_file(media.storage_key) as path:
        await asyncio.to_thread(path.write_bytes, path.read_bytes()[:200])
    told = (await verified(application, first))["verification"]
    assert told["verdict"] is None
    assert "broken" in told["reason"]

    async with database(application.settings) as session:
        await session.execute(update(Media).values(node_id="another"))
    told = (await verified(application, first))["verification"]
    assert told["verdict"] == "different", "other nodes made outputs"
    assert {output["reason"] for output in told["outputs"]} == {
        "The first run has no such output.",
        "The second run has no such output.",
    }


async def test_a_first_run_that_is_deleted_meanwhile_leaves_no_verdict(api: Application) -> None:
    first = await api.generate(await api.session(workflow("model_free_trivial")))
    await end(api, first["id"], status="completed", outputs=[{"index": 0}])
    again = await api.json("POST", f"{PATH}/{first['id']}/verify", 201)
    await api.json("DELETE", f"{PATH}/{first['id']}")
    async with serve_work(api.settings):
        told = (await completed(api, again["id"]))["verification"]
    assert (told["verdict"], told["outputs"]) == (None, [])
    assert told["reason"] == "The generation that it was to be compared with is gone."


async def end(api: Application, generation_id: str, **values: Any) -> None:
    async with database(api.settings) as session:
        ended = update(Generation).where(Generation.id == UUID(generation_id))
        await session.execute(ended.values(completed_at=Generation.created_at, **values))


async def test_on_another_machine_it_is_told_what_has_changed(application: Application) -> None:
    first = await made(application)
    async with another_machine(application, Options(version="0.3.64", step_seconds=0.005)) as other:
        second = await verified(application, first, backend_id=other.id)
        assert (second["backend_id"], second["wanted_backend_id"]) == (other.id, other.id)
        told = second["verification"]
        assert (told["verdict"], told["cached_nodes"]) == ("same", 0)
        words = [change["message"] for change in told["environment"]]
        assert "ComfyUI 0.33.0 before, 0.3.64 now." in words
        assert "The node class KSampler has changed." in words
        compared = await application.json("GET", f"{PATH}/compare?ids={first['id']},{second['id']}")
        assert (compared["same_graph"], compared["parameters"]) == (True, [])
        assert compared["environment"] == told["environment"]


async def test_only_what_was_completed_with_files_is_verified(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    for status in ("pending", "failed", "cancelled", "completed"):
        first = await api.generate(session_id)
        if status != "pending":
            await end(api, first["id"], status=status)
        refused = await api.json("POST", f"{PATH}/{first['id']}/verify", 409)
        assert refused["code"] == "NOTHING_TO_VERIFY"


async def test_a_rerun_goes_where_it_is_asked_to(api: Application) -> None:
    first = await api.generate(await api.session(workflow("txt2img_sd15")), parameters={"seed": 2**60})
    own = await own_machine(api)
    foreign = await insert_foreign(api.settings)
    theirs, off = uuid4(), uuid4()
    async with database(api.settings) as session:
        mine = {"workspace_id": UUID("00000000-0000-0000-0000-000000000001"), "url": "http://127.0.0.1:9"}
        profile_id = UUID(await api.profile())
        session.add(
            ComfyBackend(
                id=theirs, workspace_id=foreign.workspace_id, profile_id=foreign.profile_id, name="A", url="http://x:1"
            )
        )
        session.add(ComfyBackend(id=off, profile_id=profile_id, name="Off", enabled=False, **mine))
    rerun = f"{PATH}/{first['id']}/rerun"
    nothing: list[dict[str, Any]] = [{}, {"content": b""}, {"json": {}}, {"json": None}, {"json": {"backend_id": None}}]
    for body in nothing:
        again = await api.json("POST", rerun, 201, **body)
        assert (again["wanted_backend_id"], again["rerun_of"]) == (None, first["id"])
        assert again["seed"] == str(2**60)
    again = await api.json("POST", rerun, 201, json={"backendId": own.id, "priority": -5})
    assert (again["wanted_backend_id"], again["priority"]) == (own.id, -5)
    for wrong in (str(theirs), str(off), str(uuid4()), "x", 7):
        refused = await api.json("POST", rerun, 422, json={"backend_id": wrong})
        assert "backend_id" in refused["details"][0]["loc"]
    wrong_bodies: list[Any] = [{"priority": 101}, {"session_id": first["session_id"]}, []]
    for refusing in wrong_bodies:
        await api.json("POST", rerun, 422, json=refusing)
    for missing in (uuid4(), foreign.generation_id):
        for action in ("rerun", "verify"):
            await api.json("POST", f"{PATH}/{missing}/{action}", 404)
