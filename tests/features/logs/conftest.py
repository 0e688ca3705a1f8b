"""Written at once, so that a test waits for milliseconds."""

from collections.abc import Iterator

import pytest

from spoonfeeder.features.logs import writer


@pytest.fixture(autouse=True, scope="module")
def hasty_writer() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "FLUSH_SECONDS", 0.02)
        yield
