from collections.abc import Iterator
from pathlib import Path

import pytest

from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.realtime import breaker, reader
from tests.fixtures.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """By which the breakers close again, and a reader tells how long it has heard nothing."""
    made = Clock()
    for module in (breaker, reader):
        monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """A Redis of the test's own, to be paused, killed and emptied."""
    with EmbeddedRedis(tmp_path / "redis", durable=False) as server:
        yield server
