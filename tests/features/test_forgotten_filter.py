"""Every route with the filters of all queries taken out: row-level security alone hides the other workspace."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from spoonfeeder.app import create_api
from spoonfeeder.db.row_security import owned_tables
from spoonfeeder.features.auth import access
from tests.features.foreign import Foreign, database, insert_foreign
from tests.fixtures.application import Application


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """`visible` and `visible_rows` narrow nothing, wherever they are used."""

    def unchanged(statement: Any, *_: Any) -> Any:
        return statement

    for module in list(sys.modules.values()):
        for name in ("visible", "visible_rows"):
            if getattr(module, name, None) is getattr(access, name):
                monkeypatch.setattr(module, name, unchanged)
    assert access.visible is unchanged


def operations(document: dict[str, Any], foreign: Foreign) -> Iterator[tuple[str, str, str]]:
    """Method, pattern and address with the other workspace's ids, of all routes that show or change rows."""
    ids = {name: str(value) for name, value in vars(foreign).items()}
    for pattern, item in document["paths"].items():
        if "{workspace_id}" in pattern or "/auth" in pattern:
            continue
        try:
            address = pattern.format(**ids | {"model_id": "theirs", "provider": "gemini"})
        except KeyError:
            continue
        for method in item:
            yield method, pattern, address


async def all_rows(api: Application, foreign: Foreign) -> list[Any]:
    async with database(api.settings) as session:
        return [
            list(
                await session.execute(
                    text(f"SELECT t::text FROM {table} t WHERE workspace_id = '{foreign.workspace_id}'")
                )
            )
            for table in sorted(table.name for table in owned_tables())
        ]


async def test_no_route_shows_or_changes_another_workspace(api: Application, forgotten: None) -> None:
    await api.session()
    document = create_api(api.settings).openapi()
    foreign = await insert_foreign(api.settings)
    words = {str(value) for value in vars(foreign).values()} | {"Theirs", "theirs"}
    before, tried = await all_rows(api, foreign), 0
    for method, pattern, address in operations(document, foreign):
        answer = await api.http.request(method, address, json=None if method == "get" else {})
        shown = answer.text.replace(address, "")
        assert not [word for word in words if word in shown], (method, pattern, answer.text)
        if "{" in pattern:
            assert answer.status_code in {404, 409, 415, 422}, (method, pattern, answer.status_code, answer.text)
            tried += 1
    assert tried > 20
    assert await all_rows(api, foreign) == before


async def test_counts_and_sums_know_nothing_of_another_workspace(api: Application, forgotten: None) -> None:
    counting = ("/api/stats", "/api/active", "/api/comfyui/queue", "/api/comfyui/sessions", "/api/profiles")
    before = [(await api.http.get(address)).json() for address in counting]
    await insert_foreign(api.settings)
    assert [(await api.http.get(address)).json() for address in counting] == before
