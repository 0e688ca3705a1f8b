"""Two API processes share their rooms: where a browser is connected makes no difference (F29's ground)."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx2
import pytest
import pytest_asyncio

from tests.machines.stage import Api, Machines, open_machines, open_traffic
from tests.socket_client import SocketClient, open_socket
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
STATES = ("generation:queued", "generation:started", "generation:completed")


async def generate(api: Api, session_id: str) -> str:
    async with httpx2.AsyncClient(base_url=api.url, timeout=30, trust_env=False) as http:
        answer = await http.post(f"/api/comfyui/sessions/{session_id}/generate", json={"prompt_text": "a pier"})
    assert answer.status_code == httpx2.codes.CREATED, answer.text
    return str(answer.json()["data"]["id"])


def heard(client: SocketClient, generation_id: str) -> Counter[tuple[str, int]]:
    """How often each event of the generation came, by name and `seq`."""
    return Counter((name, data["seq"]) for name, data, _ in client.received if data.get("id") == generation_id)


async def end_of(generation_id: str, client: SocketClient) -> Any:
    """Also of one that waits for its worker to start."""
    return await client.event("generation:completed", lambda end: end["id"] == generation_id, within_seconds=120)


class Two(NamedTuple):
    """`session_id` belongs to both; each test brings the workers that it wants, and ends them."""

    machines: Machines
    apis: list[Api]
    session_id: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two() -> AsyncIterator[Two]:
    async with open_machines() as machines:
        apis = await machines.start_apis(2)
        async with open_traffic(machines, apis) as traffic:
            yield Two(machines, apis, traffic.sessions[0])


async def test_sockets_of_both_hear_every_event_once_whoever_runs_it(two: Two) -> None:
    async with open_socket(two.apis[0].url) as one, open_socket(two.apis[1].url) as other:
        for client in (one, other):
            assert await client.call("subscribe:session", two.session_id) == {"ok": True}
        for creator in two.apis:
            worker = two.machines.start_worker()
            generation_id = await generate(creator, two.session_id)
            assert await end_of(generation_id, one) == await end_of(generation_id, other)
            await until(lambda it=generation_id: set(heard(one, it)) == set(heard(other, it)))  # type: ignore[misc]
            told = heard(one, generation_id)
            names = Counter(name for name, _ in told)
            assert {name: names[name] for name in STATES} == dict.fromkeys(STATES, 1)
            assert names["generation:progress"] >= 1
            for client in (one, other):
                came = heard(client, generation_id).items()
                # Where Redis answers late an event goes by PostgreSQL too, but not every one does.
                assert min(times for (name, _), times in came if name in STATES) == 1
            await worker.stop()


async def test_who_subscribes_at_one_while_the_other_made_it_is_told_the_present_state(two: Two) -> None:
    generation_id = await generate(two.apis[1], two.session_id)
    async with open_socket(two.apis[0].url) as client:
        assert await client.call("subscribe:generation", generation_id) == {"ok": True}
        assert (await client.event("generation:queued"))["id"] == generation_id
        worker = two.machines.start_worker()
        assert (await client.event("generation:progress", within_seconds=120))["id"] == generation_id
        assert (await client.event("generation:completed"))["id"] == generation_id
        await worker.stop()
