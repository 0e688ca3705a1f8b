from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.db.session import open_engine, open_sessions


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[AsyncSession]:
    engine = open_engine(database_url, pool_size=2)
    async with open_sessions(engine)() as session:
        yield session
    await engine.dispose()
