"""The page in front of the whole server: no sign-in, no rate limit, no line in the API log."""

from pathlib import Path
from typing import Any

import pytest

from spoonfeeder import __version__
from tests.fixtures.server_mode import ServerMode
from tests.waiting import until_async
from tests.web.conftest import FILES, make_build

pytestmark = pytest.mark.asyncio(loop_scope="module")
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def server_settings(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Also puts a build where the server looks for one."""
    build = make_build(tmp_path_factory.mktemp("web") / "dist")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("spoonfeeder.web.page.DIST", Path(build))
        yield {"rate_limits": "on", "limit_general": "5/minute"}


async def test_page_and_files_are_public_uncounted_and_not_logged(server: ServerMode) -> None:
    for _ in range(4):
        for path in ("/", "/login", "/setup", "/comfyui/7c1e"):
            answer = await server.http.get(path, headers=BROWSER)
            assert (answer.status_code, answer.content) == (200, FILES["index.html"])
            assert "ratelimit-limit" not in answer.headers
            assert __version__ not in answer.text
        assert (await server.http.get("/assets/index-a1b2c3.js")).status_code == 200
    front = await server.http.get("/")
    assert front.json()["data"] == front.json()["data"] | {"name": "Spoon Feeder", "version": None}
    assert front.headers["vary"] == "Accept, Origin"
    assert front.headers["ratelimit-remaining"] == "4"

    async def paths() -> list[Any]:
        return [row["route"] for row in await server.rows("SELECT route FROM api_log")]

    async def is_written() -> bool:
        return bool(await paths())

    await until_async(is_written)
    assert await paths() == ["/"]


async def test_a_credential_that_does_not_hold_hinders_nobody_from_seeing_the_page(server: ServerMode) -> None:
    answer = await server.http.get("/", headers=BROWSER | {"Authorization": "Bearer sf_nonsense"})

    assert answer.status_code == 200
