from collections.abc import Iterator
from pathlib import Path

import pytest

from spoonfeeder.embedded.redis import EmbeddedRedis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """A Redis of the test's own, to be paused, killed and emptied."""
    with EmbeddedRedis(tmp_path / "redis", durable=False) as server:
        yield server
