"""Which adapter speaks to which provider; the vendors' SDKs are heavy, so each is imported at its first use."""

import asyncio
import gc
from collections import OrderedDict
from contextlib import AsyncExitStack
from functools import cache
from types import TracebackType
from typing import Self

import httpx2

from spoonfeeder.core.http import TargetPolicy, open_client
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.base import Adapter, Connection
from spoonfeeder.providers.errors import NotSupported
from spoonfeeder.providers.makers import maker_class, remote_maker_class
from spoonfeeder.providers.media import Craft, Maker, RemoteMaker

MOST_ADAPTERS = 500
MOST_CLIENTS = 50
MOST_STREAMS = 1_000
"""At one server at a time."""
Server = tuple[Provider, str | None]


def adapter_class(provider: Provider) -> type[Adapter]:
    """Raises NotSupported for a provider that takes no messages."""
    match provider:
        case Provider.OLLAMA:
            from spoonfeeder.providers.ollama import Ollama

            return Ollama
        case Provider.OPENAI:
            from spoonfeeder.providers.openai import OpenAI

            return OpenAI
        case Provider.GEMINI:
            from spoonfeeder.providers.gemini import Gemini

            return Gemini
        case Provider.CLAUDE:
            from spoonfeeder.providers.claude import Claude

            return Claude
        case Provider.COMFYUI:
            raise NotSupported("ComfyUI runs workflows; it is no chat model.")


@cache
def first_imported(provider: Provider) -> type[Adapter]:
    """The same; of what an import made, which stays, the search for garbage is to know nothing.

    It would hold everybody up for 0.2 s, again and again.
    """
    adapter = adapter_class(provider)
    gc.freeze()
    return adapter


class Adapters:
    """The adapters of saved connections. Opens with `async with`.

    Each server has a client of its own; the key None is that of all servers beyond the first fifty.
    """

    def __init__(self, shared: httpx2.AsyncClient, policy: TargetPolicy) -> None:
        self._shared = shared
        self._policy = policy
        self._adapters: OrderedDict[Connection, Adapter] = OrderedDict()
        self._clients: dict[Server | None, httpx2.AsyncClient] = {}
        self._loaded: set[Provider] = set()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def load(self, provider: Provider) -> type[Adapter]:
        """To be awaited before `get`: the first import of an SDK takes a second, in which nobody is to wait for us.

        Raises NotSupported.
        """
        if provider not in self._loaded:
            await asyncio.to_thread(first_imported, provider)
            self._loaded.add(provider)
        return adapter_class(provider)

    def get(self, connection: Connection) -> Adapter:
        """Raises NotSupported."""
        adapter = self._adapters.get(connection)
        if adapter is None:
            adapter = adapter_class(connection.provider)(connection, self._client(connection))
            self._adapters[connection] = adapter
            if len(self._adapters) > MOST_ADAPTERS:
                self._adapters.popitem(last=False)
        self._adapters.move_to_end(connection)
        return adapter

    def once(self, connection: Connection) -> Adapter:
        """For a connection that is only tried out. Raises NotSupported."""
        return adapter_class(connection.provider)(connection, self._shared)

    def maker(self, connection: Connection, craft: Craft) -> Maker:
        """After `load`. Raises NotSupported."""
        return maker_class(connection.provider, craft)(connection, self._client(connection))

    def remote_maker(self, connection: Connection, craft: Craft) -> RemoteMaker:
        """After `load`. Raises NotSupported."""
        return remote_maker_class(connection.provider, craft)(connection, self._client(connection))

    def _client(self, connection: Connection) -> httpx2.AsyncClient:
        server: Server | None = (connection.provider, connection.url)
        if server not in self._clients and len(self._clients) >= MOST_CLIENTS:
            server = None
        if server not in self._clients:
            client = open_client(self._policy, max_connections=MOST_STREAMS)
            self._stack.push_async_callback(client.aclose)
            self._clients[server] = client
        return self._clients[server]
