"""Profiles of a scripted provider, and what of its calls is kept in the database."""

from typing import Any

from sqlalchemy import text

from spoonfeeder.db.session import open_engine
from tests.fixtures.application import Application
from tests.fixtures.scripted import Scripted

KEY = "sk-canary-0123456789abcdefghij"
HI = [{"role": "user", "content": "Hi"}]


async def profile(api: Application, server: Scripted, **fields: Any) -> str:
    body = {"name": "OpenAI", "provider": "openai", "api_key": KEY, "url": f"{server.url}/v1", **fields}
    return str((await api.json("POST", "/profiles", 201, json=body))["id"])


async def rows(api: Application, statement: str) -> list[tuple[Any, ...]]:
    engine = open_engine(api.settings.postgres_url() or "")
    async with engine.connect() as connection:
        found = (await connection.execute(text(statement))).all()
    await engine.dispose()
    return [tuple(row) for row in found]
