"""F37: an API process is killed while it writes an answer; another one ends the row, and little is lost."""

import asyncio
import time
from typing import Any

import httpx2
import pytest

from tests.features.chat.conversations.ollama_turns import Model, open_model
from tests.machines.stage import Api, open_machines
from tests.waiting import until_async

pytestmark = pytest.mark.alone

LEASE_SECONDS = 3
PACE_SECONDS = 0.05


async def call(http: httpx2.AsyncClient, api: Api, method: str, path: str, **body: Any) -> Any:
    answer = await http.request(method, f"{api.url}/api{path}", json=body if method == "POST" else None)
    assert answer.status_code < 300, answer.text
    return answer.json()["data"]


async def begin(http: httpx2.AsyncClient, api: Api, model: Model) -> str:
    """The path of a conversation in which an answer is being written that nobody reads."""
    profile = await call(http, api, "POST", "/profiles", name="P", provider="ollama", url=model.url)
    given = {"profile_id": profile["id"], "model": "small:1b"}
    path = f"/conversations/{(await call(http, api, 'POST', '/conversations', **given))['id']}"
    body = {"content": "Count.", "stream": True}
    async with http.stream("POST", f"{api.url}/api{path}/messages", json=body) as response:
        await anext(response.aiter_bytes())
    return path


async def test_an_answer_of_a_killed_process_is_kept_up_to_the_last_second() -> None:
    async with (
        open_model() as model,
        open_machines(LEASE_SECONDS=str(LEASE_SECONDS), HEARTBEAT_SECONDS="0.5") as machines,
        httpx2.AsyncClient(timeout=10, trust_env=False) as http,
    ):
        writing, watching = await machines.start_apis(2)
        path = await begin(http, writing, model)
        said = await _count_for(model, seconds=2.5)
        writing.process.kill()
        killed = time.monotonic()
        message = await _ended(http, watching, path)
        assert time.monotonic() - killed <= LEASE_SECONDS + 2
        assert (message["status"], message["error_code"]) == ("partial", "INTERRUPTED")
        whole = "".join(text for text, _ in said)
        assert whole.startswith(message["content"])
        lost = next((at for text, at in _behind(said, len(message["content"]))), killed)
        assert killed - lost <= 1.2  # the text of at most a second, and what the kill itself takes
        await _goes_on(http, watching, path, model)


async def _count_for(model: Model, seconds: float) -> list[tuple[str, float]]:
    """What was said, and when."""
    turn, said = await model.turn(), []
    ends_at = time.monotonic() + seconds
    for number in range(10_000):
        await turn.say(f"{number} ")
        said.append((f"{number} ", time.monotonic()))
        if time.monotonic() > ends_at:
            break
        await asyncio.sleep(PACE_SECONDS)
    return said


def _behind(said: list[tuple[str, float]], length: int) -> list[tuple[str, float]]:
    rest, passed = [], 0
    for text, at in said:
        passed += len(text)
        if passed > length:
            rest.append((text, at))
    return rest


async def _ended(http: httpx2.AsyncClient, api: Api, path: str) -> Any:
    async def has_ended() -> bool:
        return not (await call(http, api, "GET", path))["is_streaming"]

    await until_async(has_ended, within_seconds=20)
    return (await call(http, api, "GET", path))["messages"][-1]


async def _goes_on(http: httpx2.AsyncClient, api: Api, path: str, model: Model) -> None:
    """The conversation can be talked in again, at the process that is left."""
    asking = asyncio.create_task(call(http, api, "POST", f"{path}/regenerate"))
    await model.answer("All of it.")
    assert (await asking)["message"]["content"] == "All of it."
