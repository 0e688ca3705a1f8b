"""The present state that a subscriber of the whole server gets, from real rows."""

import json
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from spoonfeeder.db.comfyui import Generation
from spoonfeeder.sockets.limits import Limits
from tests.fixtures.application import Application
from tests.fixtures.pace import Pace
from tests.fixtures.workflows import workflow
from tests.socket_client import open_socket

PROGRESS = {"1": {"class_type": "ProbeProgress", "inputs": {"n": 30, "interval_ms": 110.0, "busy": False, "nonce": 1}}}


async def test_a_pending_one_is_queued_and_another_workspaces_does_not_exist(api: Application) -> None:
    session = await api.session(workflow("txt2img_sd15"))
    async with open_socket(api.url) as client:
        generation = await api.generate(session)
        await client.event("generation:queued")
        client.received.clear()
        assert await client.call("subscribe:generation", generation["id"]) == {"ok": True}
        assert [(one.name, one.payload["status"]) for one in client.received] == [("generation:queued", "pending")]
        for kind in ("generation", "session", "task"):
            answer = await client.call(f"subscribe:{kind}", str(uuid4()))
            assert (answer["ok"], answer["code"]) == (False, "NOT_FOUND")
        await _move(api, UUID(session), UUID(generation["id"]))
        for kind, subject in (("generation", generation["id"]), ("session", session)):
            answer = await client.call(f"subscribe:{kind}", subject)
            assert (answer["ok"], answer["code"]) == (False, "NOT_FOUND")


async def _move(api: Application, session_id: UUID, generation_id: UUID) -> None:
    """Makes both rows those of another workspace."""
    url = api.settings.postgres_url()
    assert url is not None
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        other = uuid4()
        await connection.execute(text("INSERT INTO workspaces (id, name) VALUES (:id, 'Other')"), {"id": other})
        for table, row in (("comfyui_sessions", session_id), ("comfyui_generations", generation_id)):
            await connection.execute(
                text(f"UPDATE {table} SET workspace_id = :other WHERE id = :row"), {"other": other, "row": row}
            )
    await engine.dispose()


async def test_a_latecomer_gets_the_newest_progress_and_then_the_rest(application: Application, pace: Pace) -> None:
    session = await application.session(workflow("txt2img_sd15"))
    pace.let(20)
    async with open_socket(application.url) as early:
        assert await early.call("subscribe:session", session) == {"ok": True}
        generation = await application.generate(session, parameters={"steps": 40})
        heard = await early.event("generation:progress", lambda payload: payload["progress"] >= 20)
        await application.until(generation["id"], lambda row: row["seq"] >= heard["seq"])
        async with open_socket(application.url) as late:
            assert await late.call("subscribe:generation", {"id": generation["id"]}) == {"ok": True}
            first = late.payloads("generation:progress")[0]
            assert first["progress"] >= 20
            assert first["seq"] % 1_000_000 > 0
            pace.let()
            completed = await late.event("generation:completed")
            assert (completed["status"], completed["progress"]) == ("completed", 100)
            seqs = [one.payload["seq"] for one in late.received]
            # What a subscriber is told at once may come live at that moment too, or be older: `seq` says so (R19).
            not_newer = [seq for place, seq in enumerate(seqs) if seq <= max(seqs[:place], default=-1)]
            assert len(not_newer) <= 1


async def test_who_comes_after_the_end_gets_the_end(application: Application) -> None:
    session = await application.session(workflow("txt2img_sd15"))
    async with open_socket(application.url) as early:
        await early.call("subscribe:session", session)
        generation = await application.generate(session)
        await early.event("generation:completed")
    shown = await application.ended(generation["id"])
    async with open_socket(application.url) as client:
        for kind, subject in (("generation", generation["id"]), ("session", session)):
            assert await client.call(f"subscribe:{kind}", subject) == {"ok": True}
        assert [one.name for one in client.received] == ["generation:completed"] * 2
        for one in client.received:
            assert one.payload["seq"] == shown["seq"]
            assert [output["url"] for output in one.payload["outputs"]] == [each["url"] for each in shown["outputs"]]
            assert one.payload["outputs"]


async def test_a_busy_session_overwhelms_no_subscriber_and_hides_nothing_that_runs(
    application: Application, pace: Pace
) -> None:
    session = await application.session(PROGRESS)
    graph = workflow("txt2img_sd15")
    pace.let(20)
    ended = await application.generate(session, workflow_json=graph, parameters={"batch_size": 4, "steps": 1})
    await application.ended(ended["id"])
    running = await application.generate(session)
    await application.until(running["id"], lambda row: row["started_at"])
    await _multiply(application, UUID(running["id"]), "pending", 1_000)
    await _multiply(application, UUID(ended["id"]), "completed", 150)
    async with open_socket(application.url) as client:
        assert await client.call("subscribe:session", session) == {"ok": True}
        told = [one.payload for one in client.received]
        assert len(json.dumps(told)) < Limits().outbound_bytes, (
            "more waiting for a slow reader would end its connection"
        )
        assert {one["id"] for one in told if one["status"] == "running"} == {running["id"]}
        assert await client.call("subscribe:generation", ended["id"]) == {"ok": True}
        assert client.payloads("generation:completed")[-1]["outputs"]


async def _multiply(application: Application, generation_id: UUID, status: str, times: int) -> None:
    """Copies of a row with ten times its outputs, never to be claimed."""
    changed = {
        "id": "gen_random_uuid()",
        "status": f"'{status}'",
        "progress": "100" if status == "completed" else "0",
        "lease_until": "NULL",
        "created_at": "now()",
        "run_after": "now() + interval '1 day'",
        "outputs": "replace(repeat(outputs, CASE outputs WHEN '[]' THEN 1 ELSE 10 END), '][', ',')",
    }
    columns = [column.key for column in Generation.__table__.c]
    values = ", ".join(changed.get(column, column) for column in columns)
    url = application.settings.postgres_url()
    assert url is not None
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                f"INSERT INTO comfyui_generations ({', '.join(columns)}) SELECT {values} "
                "FROM comfyui_generations, generate_series(1, :times) WHERE id = :id"
            ),
            {"id": generation_id, "times": times},
        )
    await engine.dispose()
