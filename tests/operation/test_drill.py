"""The restore drill (F41): what was backed up under load comes back elsewhere, whole, and works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.simulator import Simulator
from tests.features.profiles.test_connection import answering, http
from tests.fixtures.application import serve_work, serving
from tests.fixtures.databases import Databases
from tests.operation.installation import (
    CANARY_KEY,
    HAS_STATISTICS,
    fetch,
    fill,
    home_settings,
    restored,
    rows_of,
    saved,
    writing_goes_on,
)

COUNTERS = """
    SELECT s.id FROM comfyui_sessions s LEFT JOIN comfyui_generations g ON g.session_id = s.id
    GROUP BY s.id HAVING (s.generation_count, s.completed_count) IS DISTINCT FROM
        (count(g.id)::int, (count(g.id) FILTER (WHERE g.status = 'completed'))::int)
"""
"""Sessions whose counters are not the number of their rows (I5)."""


@pytest.fixture
def elsewhere(postgres: EmbeddedPostgres, databases: Databases) -> Iterator[str]:
    with databases.database("template0") as name:
        yield postgres.url(name)


async def test_the_drill(
    database_url: str, elsewhere: str, redis_url: str, tmp_path: Path, simulator: Simulator
) -> None:
    here = home_settings(database_url, redis_url, tmp_path / "here")
    there = home_settings(elsewhere, redis_url, tmp_path / "there")
    under_load, quiet = tmp_path / "load.tar", tmp_path / "quiet.tar"

    async with answering(http("200 OK", b'{"object": "list", "data": []}')) as (provider_url, heads):
        async with serving(here, simulator) as application, serve_work(here):
            made = await fill(application, provider_url)
            async with writing_goes_on(application, made["session"]) as accepted:
                before = list(accepted)
                done = await saved(here, under_load)
                assert len(accepted) > len(before), "nothing was written meanwhile"
            await application.ended(accepted[-1], within_seconds=300)  # the last of very many
            picture = await application.http.get(f"/api/comfyui/generations/{made['picture']}/outputs/0")
        await saved(here, quiet)

        assert (done.faults, under_load.stat().st_mode & 0o777) == (0, 0o600)
        await restored(there, under_load)  # compares every row with the snapshot
        ids = {str(row[0]) for row in await fetch(elsewhere, "SELECT id FROM comfyui_generations")}
        assert {made["picture"], *before} <= ids <= {made["picture"], *accepted}  # I1
        assert await fetch(elsewhere, COUNTERS) == []  # I5
        assert await fetch(elsewhere, HAS_STATISTICS) == [(True,)]

        replaced = await restored(there, quiet, replace=True)
        assert replaced.former is not None
        now, then = await rows_of(elsewhere), await rows_of(database_url)
        now["system_values"], then["system_values"] = [], []  # the source has learnt of its backup since
        assert now == then

        heads.clear()
        async with serving(there, simulator) as application, serve_work(there):
            back = await application.http.get(f"/api/comfyui/generations/{made['picture']}/outputs/0")
            row = await application.json("GET", f"/comfyui/generations/{made['picture']}")
            assert (back.content, row["tags"]) == (picture.content, ["keeper"])
            assert (await application.json("GET", f"/conversations/{made['conversation']}"))["title"] == "Kept"
            assert (await application.json("GET", f"/schedules/{made['schedule']}"))["time_zone"] == "Europe/Berlin"
            await application.json("POST", f"/profiles/{made['profile']}/test")
            assert f"Bearer {CANARY_KEY}".encode() in heads[0]
            await application.ended((await application.generate(made["session"]))["id"])
            with pytest.raises(OperationRefused, match="uses this database now"):
                await restored(there, quiet, replace=True)
        assert await fetch(elsewhere, COUNTERS) == []
