"""A47: what one person may make the others pay for: sizes, requests a minute, and a place in the queue."""

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, User
from spoonfeeder.core.settings import RateLimiting
from spoonfeeder.db.row_security import ROLE
from spoonfeeder.durable.quota import require_quota
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.work import open_work
from tests.fixtures.server_mode import Person, ServerMode
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOM = 10
CALLS = 60
STEP = {"parameter": "steps", "values": [1]}
WAITING = "SELECT count(*) AS n FROM comfyui_generations WHERE status = 'pending' AND created_by = :id"


@pytest.fixture(scope="module")
def server_settings() -> dict[str, Any]:
    """Per day, so that no window ends in the middle of a test."""
    limits = {"limit_generation": f"{CALLS}/day", "limit_general": "10000/day"}
    return {"queued_per_user": ROOM, "rate_limits": RateLimiting.ON, **limits}


async def session_of(server: ServerMode, person: Person, profile_id: str | None = None) -> str:
    await server.acting_as(server.admin).profile()
    body = {"profile_id": profile_id} if profile_id else {}
    return str((await server.acting_as(person).json("POST", "/comfyui/sessions", 201, json=body))["id"])


def generate(client: httpx2.AsyncClient, session_id: str, graph: Any = None, **body: Any) -> Any:
    graph = graph or workflow("txt2img_sd15")
    return client.post(f"/api/comfyui/sessions/{session_id}/generate", json={"workflow_json": graph, **body})


def codes(answers: list[httpx2.Response]) -> Counter[str]:
    return Counter("made" if answer.status_code == 201 else answer.json()["code"] for answer in answers)


async def waiting(server: ServerMode, person: Person) -> int:
    [row] = await server.rows(WAITING, id=person.user_id)
    return int(row["n"])


async def test_fifty_at_once_with_room_for_ten(server: ServerMode) -> None:
    person = await server.person()
    sessions = [await session_of(server, person) for _ in range(2)]
    answers = await asyncio.gather(*(generate(person, sessions[n % 2]) for n in range(50)))

    assert codes(answers) == {"made": ROOM, "QUEUE_FULL": 50 - ROOM}
    assert await waiting(server, person) == ROOM
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["error"].startswith("You have 10 generations waiting already")
    counted = [await server.acting_as(person).json("GET", f"/comfyui/sessions/{each}") for each in sessions]
    assert sum(each["total_generations"] for each in counted) == ROOM, "what was refused left no trace"


async def test_the_bound_is_for_every_way_to_queue_and_leaves_others_alone(server: ServerMode) -> None:
    person, other = await server.person(), await server.person()
    session_id = await session_of(server, person)
    made = [(await generate(person, session_id)).json()["data"]["id"] for _ in range(ROOM)]
    rerun = f"/api/comfyui/generations/{made[0]}/rerun"
    prompt = {"prompt": workflow("txt2img_sd15")}

    refused = [await person.post(rerun), await person.post("/api/comfyui/prompt", json=prompt)]
    refused.append(await (await server.api_key(person)).post("/api/comfyui/prompt", json=prompt))
    assert codes(refused) == {"QUEUE_FULL": 3}
    assert codes([await other.post(rerun)]) == {"made": 1}

    assert (await person.post(f"/api/comfyui/generations/{made[0]}/cancel")).status_code == 200
    assert codes([await person.post(rerun), await person.post(rerun)]) == {"made": 1, "QUEUE_FULL": 1}


async def test_a_batch_has_room_as_a_whole_or_not_at_all(server: ServerMode) -> None:
    person = await server.person()
    session_id = await session_of(server, person)
    path, base = f"/api/comfyui/sessions/{session_id}/sweep", {"workflow_json": workflow("txt2img_sd15")}

    def sweep(count: int) -> Any:
        axes = [{"parameter": "steps", "range": {"from": 1, "to": count, "step": 1}}]
        return person.post(path, json={"base": base, "axes": axes})

    refused = await sweep(ROOM + 1)
    assert codes([refused]) == {"QUEUE_FULL": 1}
    assert await waiting(server, person) == 0
    assert (await person.get(f"/api/comfyui/batches?session_id={session_id}")).json()["data"] == []

    answers = await asyncio.gather(*(sweep(ROOM // 2 - 1) for _ in range(5)))
    assert codes(answers) == {"made": 2, "QUEUE_FULL": 3}
    assert await waiting(server, person) == ROOM - 2
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "there is room for 2 and not for 4 more" in refused.json()["error"]
    assert codes([await sweep(2), await generate(person, session_id)]) == {"made": 1, "QUEUE_FULL": 1}
    assert (await person.post(path, json={"base": base, "axes": [STEP], "priority": 1})).status_code == 403


async def test_a_second_workspace_is_no_second_queue(server: ServerMode) -> None:
    person = await server.stranger()
    assert person.workspace_id is not None
    await server.rows(
        "INSERT INTO workspace_members (workspace_id, user_id, role) VALUES (:workspace, :id, 'member')",
        workspace=DEFAULT_WORKSPACE_ID,
        id=person.user_id,
    )
    here, there = {"X-Workspace": str(DEFAULT_WORKSPACE_ID)}, {"X-Workspace": str(person.workspace_id)}
    await server.acting_as(server.admin).profile()
    person.headers.update(there)
    await server.acting_as(person).profile()
    body = {"prompt": workflow("txt2img_sd15")}
    answers = await asyncio.gather(
        *(person.post("/api/comfyui/prompt", json=body, headers=(here, there)[n % 2]) for n in range(2 * ROOM))
    )

    assert codes(answers) == {"made": ROOM, "QUEUE_FULL": ROOM}
    seen = await asyncio.gather(*(person.get("/api/active", headers=place) for place in (here, there)))
    ids = [{row["id"] for row in answer.json()["data"]} for answer in seen]
    assert not ids[0] & ids[1], "the count over both workspaces shows no rows of the other"
    mine = await server.rows("SELECT id::text FROM comfyui_generations WHERE created_by = :id", id=person.user_id)
    assert {row["id"] for row in mine} <= ids[0] | ids[1]


async def test_the_count_leaves_the_transaction_in_its_workspace(server: ServerMode) -> None:
    person = await server.stranger()
    assert person.workspace_id is not None
    await generate(server.admin, await session_of(server, server.admin))
    async with open_work(server.runtime, User(person.workspace_id, person.user_id)) as work:
        for _ in range(2):
            assert await work.session.scalar(text("SELECT current_user")) == ROLE
            assert await work.session.scalar(text("SELECT count(*) FROM comfyui_generations")) == 0
            await require_quota(work, GENERATIONS)


async def test_who_calls_without_end_is_refused_by_the_rate_too(server: ServerMode) -> None:
    person = await server.person()
    session_id = await session_of(server, person)
    made = [await generate(person, session_id) for _ in range(ROOM)]
    rerun = f"/api/comfyui/generations/{made[0].json()['data']['id']}/rerun"
    answers = [await person.post(rerun)]
    while codes(answers[-1:]) == {"QUEUE_FULL": 1} and len(answers) < 2 * CALLS:
        answers.append(await person.post(rerun))

    assert codes(answers[-1:]) == {"RATE_LIMITED": 1}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    assert await waiting(server, person) == ROOM


SIZES = [("batch_size", 10**6), ("width", 10**9), ("height", 16_385), ("batch_size", 2**62)]


@pytest.mark.parametrize(("name", "value"), SIZES)
async def test_sizes_that_no_graphics_card_has_are_refused(server: ServerMode, name: str, value: int) -> None:
    person = await server.person()
    session_id = await session_of(server, person)
    graph = workflow("txt2img_sd15")
    latent = next(key for key, node in graph.items() if node["class_type"] == "EmptyLatentImage")
    graph[latent]["inputs"][name] = value
    body = {"workflow_json": workflow("txt2img_sd15"), "default_parameters": {name: value}}
    answers = [
        await generate(person, session_id, parameters={name: value}),
        await generate(person, session_id, graph),
        await person.post("/api/comfyui/prompt", json={"prompt": graph}),
        await person.post("/api/comfyui/workflows", json=body),
    ]

    for answer in answers:
        assert answer.status_code == 422, answer.text
        assert name in answer.json()["error"]
    assert await waiting(server, person) == 0


async def test_nobody_but_the_servers_admins_puts_work_before_that_of_others(server: ServerMode) -> None:
    owner = await server.person("owner")
    session_id = await session_of(server, owner)
    refused = await generate(owner, session_id, priority=1)
    assert (refused.status_code, await waiting(server, owner)) == (403, 0)
    assert (await generate(owner, session_id, priority=-1)).status_code == 201
    assert (await generate(server.admin, session_id, priority=1)).status_code == 201
