"""An installation to back up: a database, a data home with its key file, and everything in it made through the API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

from spoonfeeder.core.settings import Settings
from spoonfeeder.operation.backup import Backup, Wish, back_up
from spoonfeeder.operation.manifest import Part
from spoonfeeder.operation.progress import Progress
from spoonfeeder.operation.restore import Restored, restore
from spoonfeeder.storage.opening import open_storage
from tests.fixtures.application import Application, settings_of
from tests.fixtures.workflows import workflow
from tests.waiting import until

QUIET = Progress(quiet=True)
EVERYTHING = Wish(media=Part.INCLUDED, keys=Part.INCLUDED)
CANARY_KEY = "sk-canary-of-the-restore-drill"
TASK = {"type": "text", "provider": "ollama", "model": "llama3.2", "prompt": "A poem"}


def home_settings(database_url: str, redis_url: str, home: Path) -> Settings:
    """With the key ring in the data home."""
    home.mkdir(exist_ok=True)
    settings = settings_of(database_url, redis_url, home)
    settings.encryption_key = None
    return settings


async def saved(settings: Settings, place: Path, wish: Wish = EVERYTHING) -> Backup:
    url = settings.postgres_url()
    assert url is not None
    return await back_up(settings, url, open_storage(settings), place, wish, QUIET)


async def restored(settings: Settings, place: Path, *, replace: bool = False) -> Restored:
    with place.open("rb") as file:
        return await asyncio.to_thread(restore, settings, file, QUIET, replace=replace)


async def fill(application: Application, provider_url: str) -> dict[str, Any]:
    """One of each kind; gives the ids."""
    json = application.json
    session = await application.session(workflow("model_free_trivial"))
    picture = (await application.ended((await application.generate(session))["id"]))["id"]
    await json("POST", "/comfyui/generations/tags", json={"ids": [picture], "add": ["keeper"]})
    profile = {"name": "Paid", "provider": "openai", "url": f"{provider_url}/v1", "api_key": CANARY_KEY}
    daily = {"name": "Poems", "kind": "task", "request": TASK, "cron": "0 7 * * *", "time_zone": "Europe/Berlin"}
    return {
        "session": session,
        "picture": picture,
        "profile": (await json("POST", "/profiles", 201, json=profile))["id"],
        "conversation": (await json("POST", "/conversations", 201, json={"title": "Kept"}))["id"],
        "schedule": (await json("POST", "/schedules", 201, json=daily))["id"],
    }


@asynccontextmanager
async def writing_goes_on(application: Application, session: str) -> AsyncIterator[list[str]]:
    """The ids of what was accepted, more and more of them while the block runs."""
    accepted: list[str] = []

    async def write() -> None:
        while True:
            accepted.append((await application.generate(session))["id"])

    task = asyncio.create_task(write())
    await until(lambda: len(accepted) >= 3)
    yield accepted
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def rows_of(url: str) -> dict[str, list[str]]:
    """Every row of every table as text, in order."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {
            name: sorted(row[0] for row in await connection.fetch(f'SELECT t::text FROM "{name}" t'))
            for (name,) in names
        }
    finally:
        await connection.close()


HAS_STATISTICS = "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'comfyui_generations' AND attname = 'deleted_at'"
"""Without them a page of a search reads the whole table, until autovacuum has come to it."""


async def fetch(url: str, query: str) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()
