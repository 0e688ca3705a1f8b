"""A browser that is signed in by the sign-in's own endpoint, and keeps the cookie as browsers do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from spoonfeeder.features.auth.cookie import NAME
from tests.fixtures.application import NO_TLS
from tests.fixtures.server_mode import PASSWORD, ServerMode


class Browser(httpx2.AsyncClient):
    """It sends its page's Origin with everything, and the access token of its latest login or refresh."""

    def __init__(self, server: ServerMode) -> None:
        super().__init__(base_url=server.url, timeout=30, headers={"Origin": server.url}, verify=NO_TLS)

    async def login(self, email: str, password: str = PASSWORD) -> httpx2.Response:
        return self._keep(await self.post("/api/auth/login", json={"email": email, "password": password}))

    async def refresh(self) -> httpx2.Response:
        return self._keep(await self.post("/api/auth/refresh"))

    @property
    def cookie(self) -> str | None:
        return self.cookies.get(NAME)

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.cookies.clear()
        self.cookies.set(NAME, value, path="/api/auth")

    async def is_signed_in(self) -> bool:
        return (await self.get("/api/profiles")).status_code == 200

    def _keep(self, answer: httpx2.Response) -> httpx2.Response:
        if answer.status_code == 200:
            self.headers["Authorization"] = f"Bearer {answer.json()['data']['access_token']}"
        return answer


@asynccontextmanager
async def signed_in(server: ServerMode, email: str, password: str = PASSWORD) -> AsyncIterator[Browser]:
    async with Browser(server) as browser:
        assert (await browser.login(email, password)).status_code == 200
        yield browser
