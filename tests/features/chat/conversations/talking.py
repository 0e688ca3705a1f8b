"""Somebody who talks in conversations, and the model that answers them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx2
import orjson

from tests.features.chat.conversations.ollama_turns import Model
from tests.fixtures.application import Application
from tests.waiting import until_async


class Event(NamedTuple):
    name: str
    data: Any
    offset: int


class Talk:
    """One conversation. `path` is its address."""

    def __init__(self, application: Application, model: Model, conversation: dict[str, Any]) -> None:
        self.application, self.model = application, model
        self.id = str(conversation["id"])
        self.path = f"/conversations/{self.id}"

    async def json(self, method: str, rest: str = "", status: int = 200, **body: Any) -> Any:
        options = {"json": body} if body or method in {"POST", "PATCH", "PUT"} else {}
        return await self.application.json(method, f"{self.path}{rest}", status, **options)

    async def ask(self, content: str, *answer: str, **body: Any) -> Any:
        """Both rows, once the model has answered."""
        asking = asyncio.create_task(self.json("POST", "/messages", 201, content=content, **body))
        await self.model.answer(*answer)
        return await asking

    async def begin(self, content: str = "Hello?", **body: Any) -> tuple[str, Any]:
        """The id of an answer that is begun and read by nobody, and the model's turn."""
        async with self.streamed("POST", "/messages", json={"content": content, "stream": True, **body}) as events:
            message_id = (await anext(events)).data["message_id"]
            return message_id, await self.model.turn()

    async def message(self, message_id: str) -> Any:
        shown = await self.json("GET", "?all=1")
        return next(message for message in shown["messages"] if message["id"] == message_id)

    async def ended(self, message_id: str, within_seconds: float = 20) -> Any:
        async def has_ended() -> bool:
            return bool((await self.message(message_id))["status"] != "streaming")

        await until_async(has_ended, within_seconds=within_seconds)
        return await self.message(message_id)

    async def texts(self) -> list[str]:
        """What is shown, from the first message on."""
        return [message["content"] for message in (await self.json("GET"))["messages"]]

    @asynccontextmanager
    async def streamed(self, method: str, rest: str, **options: Any) -> AsyncIterator[AsyncIterator[Event]]:
        async with self.application.http.stream(method, f"/api{self.path}{rest}", **options) as response:
            assert response.headers["content-type"].startswith("text/event-stream"), await response.aread()
            yield events_of(response)

    async def read(self, message_id: str, offset: int = 0, **options: Any) -> list[Event]:
        """The rest of an answer, to its end."""
        rest = f"/messages/{message_id}/stream" + (f"?offset={offset}" if offset else "")
        async with asyncio.timeout(20), self.streamed("GET", rest, **options) as events:
            return [event async for event in events if event.name != "message"]


async def events_of(response: httpx2.Response) -> AsyncIterator[Event]:
    name, data, offset = "", None, 0
    async for line in response.aiter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data = orjson.loads(value)
        elif field == "id":
            offset = int(value)
        elif not line and data is not None:
            yield Event(name, data, offset)
            name, data = "", None


def text_of(events: list[Event]) -> str:
    return "".join(event.data["text"] for event in events if event.name == "delta")


async def talk_with(application: Application, model: Model, **body: Any) -> Talk:
    """A new conversation with a profile of its own."""
    profile = {"name": "Talker", "provider": "ollama", "url": model.url}
    made = await application.json("POST", "/profiles", 201, json=profile)
    given = {"profile_id": made["id"], "model": "small:1b", **body}
    return Talk(application, model, await application.json("POST", "/conversations", 201, json=given))
