"""No search is given up because the machine is slow."""

from collections.abc import Iterator

import pytest

from spoonfeeder.features.generations import search


@pytest.fixture(autouse=True, scope="module")
def patient_search() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "MOST_SECONDS", 25.0)
        yield
