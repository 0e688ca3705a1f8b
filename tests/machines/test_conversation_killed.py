"""F37: an API process is killed while it writes an answer; another one ends the row, and little is lost."""

import asyncio
from typing import Any

import httpx2
import pytest

from spoonfeeder.features.chat.conversations.writing import SAVE_SECONDS
from tests.features.chat.conversations.ollama_turns import Model, open_model
from tests.machines.stage import Api, open_machines
from tests.waiting import until_async

pytestmark = pytest.mark.alone

LEASE_SECONDS = 10
PACE_SECONDS = 0.05
TIMES_KEPT = 3


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
        httpx2.AsyncClient(timeout=30, trust_env=False) as http,
    ):
        writing, watching = await machines.start_apis(2)
        path = await begin(http, writing, model)
        said, kept = await _count_until_kept(http, watching, path, model)
        writing.process.kill()
        message = await _ended(http, watching, path)
        assert (message["status"], message["error_code"]) == ("partial", "INTERRUPTED")
        assert said.startswith(message["content"])
        assert message["content"].startswith(kept[-1])
        assert SAVE_SECONDS <= 1
        await _goes_on(http, watching, path, model)


async def _count_until_kept(http: httpx2.AsyncClient, api: Api, path: str, model: Model) -> tuple[str, list[str]]:
    """What was said, and what another process saw of it, that grew again and again."""
    turn, said, kept = await model.turn(), "", [""]
    async with asyncio.timeout(60):
        while len(kept) <= TIMES_KEPT:
            word = f"{len(said)} "
            await turn.say(word)
            said += word
            seen = (await call(http, api, "GET", path))["messages"][-1]["content"] or ""
            if seen != kept[-1]:
                kept.append(seen)
            await asyncio.sleep(PACE_SECONDS)
    assert kept == sorted(kept, key=len)
    return said, kept


async def _ended(http: httpx2.AsyncClient, api: Api, path: str) -> Any:
    async def has_ended() -> bool:
        return not (await call(http, api, "GET", path))["is_streaming"]

    await until_async(has_ended, within_seconds=60)
    return (await call(http, api, "GET", path))["messages"][-1]


async def _goes_on(http: httpx2.AsyncClient, api: Api, path: str, model: Model) -> None:
    """The conversation can be talked in again, at the process that is left."""
    asking = asyncio.create_task(call(http, api, "POST", f"{path}/regenerate"))
    await model.answer("All of it.")
    assert (await asking)["message"]["content"] == "All of it."
