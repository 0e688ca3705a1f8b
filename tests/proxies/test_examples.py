"""docs/examples/nginx.conf and Caddyfile before two real API processes where people sign in."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from PIL import Image
from websockets.asyncio.client import connect

from spoonfeeder.simulator.ollama import SimulatedOllama
from spoonfeeder.simulator.ollama.options import Options
from tests.fixtures.application import serve_api
from tests.fixtures.server_mode import PASSWORD, Person, ServerMode
from tests.proxies.running import NAME, PROXIES, Site, new_site
from tests.socket_client import PATH, SocketClient

pytestmark = [pytest.mark.proxy, pytest.mark.asyncio(loop_scope="module")]

CLIENT = "127.0.0.2"
"""Another address than the proxy's own."""
ADDRESS = f"https://{NAME}"
MADE_UP = {"X-Request-ID": "0" * 32, "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http"}
"""What a visitor may say, and nobody believes."""
UPLOAD_BYTES = 50_000_000
WORDS_PER_SECOND = 0.5
ANSWER_WORDS = 200
"""An answer that takes minutes: who waits for its end, or for a full buffer, sees nothing of it in time."""
SOON_SECONDS = 60.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ollama() -> AsyncIterator[SimulatedOllama]:
    async with SimulatedOllama(Options(chunks=ANSWER_WORDS, chunks_per_second=WORDS_PER_SECOND)) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server_settings(ollama: SimulatedOllama) -> dict[str, Any]:
    """As the examples say in their heads."""
    own = ollama.url.removeprefix("http://")
    return {"allowed_hosts": (NAME,), "trusted_proxies": ("127.0.0.1",), "private_targets": (own,)}


class Visitor:
    """A browser at `https://spoon.example`, which leads to the proxy of `site`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.tls = ssl.create_default_context(cafile=str(site.certificate))
        self.http = httpx2.AsyncClient(
            base_url=f"https://127.0.0.1:{site.https_port}",
            transport=httpx2.AsyncHTTPTransport(verify=self.tls, local_address=CLIENT),
            headers={"Host": NAME} | MADE_UP,
            timeout=60,
        )
        self.sni = {"sni_hostname": NAME}

    async def ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return await self.http.request(method, path, extensions=self.sni, **options)

    @asynccontextmanager
    async def socket(self, token: str) -> AsyncIterator[SocketClient]:
        address = f"wss://{NAME}{PATH}"
        place = {"host": "127.0.0.1", "port": self._site.https_port}
        async with connect(address, ssl=self.tls, origin=ADDRESS, compression=None, **place) as connection:  # type: ignore[arg-type]
            client = SocketClient(connection)
            await client.join(auth={"token": token})
            yield client
            await client.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=PROXIES)
async def visitor(
    request: pytest.FixtureRequest, server: ServerMode, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Visitor]:
    async with AsyncExitStack() as stack:
        second = await stack.enter_async_context(serve_api(server.settings))
        apis = [url.removeprefix("http://") for url in (server.url, second)]
        site = new_site(Path(tmp_path_factory.mktemp("proxy")) / request.param, apis)
        stack.enter_context(PROXIES[request.param](site))
        visitor = Visitor(site)
        yield visitor
        await visitor.http.aclose()


async def profile_of(server: ServerMode, ollama: SimulatedOllama) -> str:
    found = (await server.admin.get("/api/profiles")).json()["data"]
    if not found:
        body = {"name": "slow", "provider": "ollama", "url": ollama.url}
        found = [(await server.admin.post("/api/profiles", json=body)).json()["data"]]
        await server.admin.post(f"/api/profiles/{found[0]['id']}/models/sync", json={})
    return str(found[0]["id"])


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


async def test_the_page_and_a_login_by_cookie(server: ServerMode, visitor: Visitor) -> None:
    plain = f"http://127.0.0.1:{visitor._site.http_port}/library?q=1"
    async with httpx2.AsyncClient(headers={"Host": NAME}, timeout=60) as http:
        moved = await http.get(plain)
    page = await visitor.ask("GET", "/", headers={"Accept": "text/html"})
    credentials = {"email": "admin@example.com", "password": PASSWORD}
    origin = {"Origin": ADDRESS}
    login = await visitor.ask("POST", "/api/auth/login", json=credentials, headers=origin)
    cookie = login.headers["set-cookie"]
    borrowed = {"Cookie": cookie.partition(";")[0]}
    elsewhere = await visitor.ask("POST", "/api/auth/refresh", headers={"Origin": "https://evil.example", **borrowed})
    renewed = await visitor.ask("POST", "/api/auth/refresh", headers=origin | borrowed)
    audit = (await server.admin.get("/api/audit?action=login")).json()["data"][0]
    metrics = await visitor.ask("GET", "/metrics", headers=bearer(server.admin))

    assert moved.status_code in {301, 308}
    assert moved.headers["location"].startswith(f"https://{NAME}")
    assert moved.headers["location"].endswith("/library?q=1")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert metrics.status_code == 404, "it stays inside"
    assert login.status_code == 200
    assert "; secure" in cookie.lower()
    assert (elsewhere.status_code, renewed.status_code) == (403, 200)
    assert audit["peer"] == CLIENT
    assert audit["request_id"] == login.headers["x-request-id"] != MADE_UP["X-Request-ID"]


async def test_events_by_websocket_and_by_polling(server: ServerMode, visitor: Visitor) -> None:
    async with visitor.socket(server.admin.token) as socket:
        body = {"name": f"For {id(visitor)}"}
        made = await visitor.ask("POST", "/api/projects", json=body, headers=bearer(server.admin))
        assert made.status_code == 201, made.text
        changed = await socket.event("resource:changed")
    assert (changed["kind"], changed["id"]) == ("project", made.json()["data"]["id"])

    address = "/socket.io/?EIO=4&transport=polling"
    opened = await visitor.ask("GET", address)
    address += f"&sid={json.loads(opened.text[1:])['sid']}"
    joined = await visitor.ask("POST", address, content="40" + json.dumps({"token": server.admin.token}))
    polled = await visitor.ask("GET", address)
    assert [answer.status_code for answer in (opened, joined, polled)] == [200, 200, 200]
    assert polled.text.startswith("40{")


async def test_words_come_as_they_are_said(server: ServerMode, ollama: SimulatedOllama, visitor: Visitor) -> None:
    profile_id = await profile_of(server, ollama)
    messages = [{"role": "user", "content": "Tell me everything."}]
    ours = {"profile_id": profile_id, "model": "llama3.2", "messages": messages, "stream": True}
    openai = {"model": "slow/llama3.2:latest", "messages": messages, "stream": True}
    async with asyncio.timeout(SOON_SECONDS):
        pieces = await asyncio.gather(
            first_pieces(visitor, "/api/chat", ours, bearer(server.admin)),
            first_pieces(visitor, "/v1/chat/completions", openai, bearer(server.admin)),
        )
    assert min(pieces) >= 3


async def first_pieces(visitor: Visitor, path: str, body: Any, headers: dict[str, str]) -> int:
    """How many events have come when the reader has had enough."""
    said = ""
    asked = visitor.http.stream("POST", path, json=body, headers=headers, extensions=visitor.sni)
    async with asked as answer:
        assert answer.status_code == 200
        async for text in answer.aiter_text():
            said += text
            if said.count("data: ") >= 3:
                break
    return said.count("data: ")


def large_picture() -> bytes:
    """A PNG that a bitmap's padding makes as large as it has to be."""
    file = BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 30)).save(file, "PNG")
    return file.getvalue().ljust(UPLOAD_BYTES, b"\0")


async def test_large_bodies_and_packed_answers(server: ServerMode, visitor: Visitor) -> None:
    file = {"file": ("large.png", large_picture(), "image/png")}
    kept = await visitor.ask("POST", "/api/comfyui/uploads", files=file, headers=bearer(server.admin))
    too_large = b" " * 265_000
    refused = await visitor.ask(
        "POST",
        "/api/projects",
        content=too_large,
        headers=bearer(server.admin) | {"Content-Type": "application/json"},
    )
    document = await visitor.ask("GET", "/api/openapi.json", headers=bearer(server.admin))

    assert kept.status_code == 201, kept.text
    assert kept.json()["data"]["bytes"] == UPLOAD_BYTES
    assert (refused.status_code, refused.json()["success"]) == (413, False), "the API says it, not the proxy"
    assert document.headers["content-encoding"] == "gzip"
    assert document.json()["openapi"]
