"""CPU of a streamed piece in each adapter, against reading the same answer's bytes and decoding each piece."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import httpx2
import msgspec

from spoonfeeder.core.http import TargetPolicy
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.vocabulary import MessageRole, Provider
from spoonfeeder.providers.base import ChatMessage, ChatRequest, Connection, TextDelta
from spoonfeeder.providers.claude_wire import Event
from spoonfeeder.providers.gemini_wire import Chunk as GeminiChunk
from spoonfeeder.providers.openai_wire import Chunk as OpenAIChunk
from spoonfeeder.providers.registry import Adapters
from tests.bench.chat import start_model
from tests.bench.figures import Line, at_most
from tests.bench.processes import free_port
from tests.bench.speaking import FAMILIES, Family
from tests.bench.stage import SERVER_CORE, pin

STREAMS, PIECES, PAUSE_MS = 8, 250, 2
MODEL = f"{PAUSE_MS}-{PIECES}"
SHAPES: dict[str, Any] = {"openai": OpenAIChunk, "claude": Event, "gemini": GeminiChunk, "ollama": dict[str, Any]}
"""What the floor decodes a piece to: what the adapter takes of it."""


async def measure(is_quick: bool) -> list[Line]:
    rounds = 3 if is_quick else 15
    pin(0, SERVER_CORE)
    lines = []
    async with AsyncExitStack() as stack:
        address = f"http://127.0.0.1:{free_port()}"
        await start_model(stack, address)
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=60, limits=httpx2.Limits(max_connections=50)))
        adapters = await stack.enter_async_context(
            Adapters(http, TargetPolicy.from_settings(Settings(OLLAMA_URL=address)))
        )
        await asyncio.sleep(1)
        for name, family in FAMILIES.items():
            url = f"{address}/v1" if name == "openai" else address
            await adapters.load(Provider(name))
            bare = partial(_bare, http, url, family, SHAPES[name])
            adapted = partial(_adapted, adapters, Connection(Provider(name), url, "sk-bench-0000"))
            pairs = []
            for number in range(rounds + 1):
                floor, ours = await _microseconds(bare), await _microseconds(adapted)
                pairs += [(floor, ours)] if number else []
            lines.append(Line.of_pairs(f"CPU per streamed chunk, adapter {name}", "µs", pairs, at_most(3.0)))
    return lines


async def _microseconds(stream: Callable[[], Awaitable[int]]) -> float:
    began = time.process_time()
    counts = await asyncio.gather(*(stream() for _ in range(STREAMS)))
    spent = time.process_time() - began
    assert all(count == PIECES for count in counts), counts
    return spent / (STREAMS * PIECES) * 1e6


async def _bare(http: httpx2.AsyncClient, url: str, family: Family, shape: Any) -> int:
    """The raw bytes by the same HTTP client, split into lines, and msgspec."""
    decode = msgspec.json.Decoder(shape).decode
    counted, rest = 0, b""
    path = family.path.format(model=MODEL)
    async with http.stream("POST", f"{url}{path}", json={"model": MODEL, "stream": True}) as response:
        async for piece in response.aiter_raw():
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                data = line.removeprefix(b"data: ")
                if data.startswith(b"{"):
                    decode(data)
                    counted += data.find(b"four") > 0
    return counted


async def _adapted(adapters: Adapters, connection: Connection) -> int:
    request = ChatRequest(MODEL, (ChatMessage(MessageRole.USER, ("Hello",)),))
    deltas: AsyncGenerator[Any] = adapters.get(connection).chat(request)
    return sum([1 async for delta in deltas if isinstance(delta, TextDelta)])
