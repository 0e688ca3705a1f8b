"""Tasks on a server with several people."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.fixtures.server_mode import Person, ServerMode
from tests.socket_client import SocketClient, open_socket
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKED: dict[str, Any] = {"type": "text", "provider": "ollama", "model": "llama3.2", "prompt": "A pier"}


async def ask(person: Person, **body: Any) -> Any:
    return await person.post("/api/tasks", json=ASKED | body)


async def failed(server: ServerMode, task_id: str, **columns: Any) -> None:
    """As a worker leaves it."""
    for state in ("running", "failed"):
        moved = ", ".join([f"status = '{state}'", "lease_until = now()", *(f"{name} = :{name}" for name in columns)])
        await server.rows(f"UPDATE tasks SET {moved} WHERE id = :id", id=task_id, **columns)


async def test_only_admins_put_tasks_before_those_of_others(server: ServerMode) -> None:
    member = await server.person()
    assert (await ask(member, priority=1)).status_code == 403
    made = (await ask(member, priority=-1)).json()["data"]
    changing = f"/api/tasks/{made['id']}"
    assert (await member.patch(changing, json={"priority": 1})).status_code == 403
    assert (await server.admin.patch(changing, json={"priority": 1})).json()["data"]["priority"] == 1
    await failed(server, made["id"])
    assert (await member.post(f"{changing}/retry")).json()["data"]["priority"] == 0


async def test_nobody_fills_the_line_for_all_others(server: ServerMode) -> None:
    member, other = await server.person(), await server.person()
    made = (await ask(member)).json()["data"]
    most = server.settings.most_queued
    copied = "workspace_id, name, type, provider, prompt, created_by"
    await server.rows(
        f"INSERT INTO tasks ({copied}) SELECT {copied} FROM tasks, generate_series(1, :more) WHERE id = :id",
        id=made["id"],
        more=most - 1,
    )
    refused = await ask(member)
    assert (refused.status_code, refused.json()["code"]) == (429, "QUEUE_FULL")
    assert "tasks waiting" in refused.json()["error"]
    assert (await ask(other)).status_code == 201
    await member.post(f"/api/tasks/{made['id']}/cancel")
    retried = await member.post(f"/api/tasks/{made['id']}/retry")
    assert retried.status_code == 200, retried.text
    assert (await ask(member)).status_code == 429


async def test_addresses_of_files_open_without_a_token(server: ServerMode) -> None:
    made = (await ask(server.admin)).json()["data"]
    form = {"file": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40))}
    upload = await server.admin.post("/api/comfyui/uploads", files=form)
    media_id = upload.json()["data"]["id"]
    url = f"/api/media/{media_id}"
    await server.rows(
        "INSERT INTO results (workspace_id, task_id, type, content, outputs) SELECT workspace_id, id, 'image', :url,"
        " jsonb_build_array(jsonb_build_object('index', 0, 'url', CAST(:url AS text))) FROM tasks WHERE id = :id",
        id=made["id"],
        url=url,
    )
    task = (await server.admin.get(f"/api/tasks/{made['id']}")).json()["data"]
    listed = (await server.admin.get("/api/results?limit=1")).json()["data"][0]
    for result in (task["result"], listed):
        for address in (result["content"], result["outputs"][0]["url"]):
            assert (await server.http.get(address)).status_code == 200
    assert (await server.http.get(url)).status_code == 401


async def test_the_newest_progress_is_shown_wherever_one_looks(server: ServerMode) -> None:
    person = await server.stranger()  # of whose workspace `/active` shows all
    made = (await ask(person)).json()["data"]
    await server.rows(
        "UPDATE tasks SET status = 'running', version = 1, progress = 10, lease_until = now() + interval '1 hour'"
        " WHERE id = :id",
        id=made["id"],
    )
    newest = {"seq": 1_000_007, "progress": 60, "message": "Half of it"}

    async def is_shown(client: SocketClient) -> bool:
        """What Redis does not take or give at once is passed over."""
        await server.runtime.live.set_progress(UUID(made["id"]), newest)
        active = (await person.get("/api/active")).json()["data"]
        listed = (await person.get("/api/tasks?status=running")).json()["data"]
        one = (await person.get(f"/api/tasks/{made['id']}")).json()["data"]
        client.received.clear()
        assert await client.call("subscribe:task", made["id"]) == {"ok": True}
        mine = [item for item in (*active, *listed, one) if item["id"] == made["id"]]
        told = [each for each in client.received if each.payload.get("id") == made["id"]]
        mine += [each.payload for each in told]
        shown = [{name: item.get(name) for name in newest} for item in mine]
        return {each.name for each in told} == {"task:progress"} and shown == [newest] * (3 + len(told))

    async with open_socket(server.url, auth={"token": person.token}) as client:
        await until_async(partial(is_shown, client))
