import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spoonfeeder.core.settings import Settings
from spoonfeeder.runtime import Runtime, open_runtime


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """No lease ends but where a test says so; a heartbeat comes soon."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        redis_url=redis_url,
        SPOONFEEDER_HOME=tmp_path,
        encryption_key=secrets.token_hex(32),
        lease_seconds=60,
        heartbeat_seconds=0.2,
        sweep_seconds=0.2,
        comfyui_slots=2,
    )


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings) as opened:
        yield opened
