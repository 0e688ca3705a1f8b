"""Which connections share what."""

import httpx2

from spoonfeeder.core.http import TargetPolicy
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.providers.base import Connection
from spoonfeeder.providers.registry import MOST_CLIENTS, Adapters


async def test_a_crowd_of_servers_takes_nothing_from_what_is_shared_with_others(http: httpx2.AsyncClient) -> None:
    async with Adapters(http, TargetPolicy(local=True)) as adapters:

        def client_of(port: int, key: str | None = None) -> httpx2.AsyncClient:
            connection = Connection(Provider.OLLAMA, f"http://127.0.0.1:{port}", key)
            return adapters._client(connection)

        first = [client_of(port) for port in range(1, MOST_CLIENTS + 1)]
        late = client_of(8_000)

        assert len(set(map(id, first))) == MOST_CLIENTS
        assert client_of(1, "another key") is first[0]
        assert late is client_of(9_000)
        assert late not in [http, *first]
    assert late.is_closed
    assert not http.is_closed
