"""The examples of the how-tos: what they say to write is written, and their own tests pass."""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from spoonfeeder import app, features
from spoonfeeder.comfy import fields
from spoonfeeder.comfy.parameters import extract
from spoonfeeder.core.routing import RouteTable
from spoonfeeder.core.settings import Settings
from spoonfeeder.simulator import Simulator
from tests.docs.pages import ROOT, blocks
from tests.fixtures.application import serving

PAGE = ROOT / "docs" / "add-an-endpoint.md"
NODE_PAGE = ROOT / "docs" / "add-a-node-class.md"


def written_tests(text: str, **names: Any) -> list[Callable[..., Any]]:
    module = ModuleType("example")
    vars(module).update(names)
    exec(compile(text, "example", "exec"), vars(module))
    return [test for name, test in vars(module).items() if name.startswith("test_")]


def files() -> dict[str, str]:
    """What stands in the page, by the path in each first line."""
    python = [block.text for block in blocks(PAGE) if block.language == "python"]
    return {text.partition("\n")[0].removeprefix("# "): text for text in python}


@pytest.fixture
def routes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With the feature beside the others."""
    for path, text in files().items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.setattr(features, "__path__", [*features.__path__, str(tmp_path / "features")])
    router = import_module("spoonfeeder.features.favorites.router").router
    monkeypatch.setattr(app, "ROUTES", RouteTable([*app.ROUTERS, router]))
    yield
    for name in [name for name in sys.modules if name.startswith("spoonfeeder.features.favorites")]:
        del sys.modules[name]


async def test_the_endpoint(routes: None, settings: Settings, simulator: Simulator) -> None:
    (test,) = written_tests(files()["tests/features/favorites/test_favorites.py"])
    async with serving(settings, simulator) as application:
        await test(application)


def test_the_node_class(monkeypatch: pytest.MonkeyPatch) -> None:
    added, example = (block.text for block in blocks(NODE_PAGE) if block.language in {"diff", "python"})
    (line,) = (line.removeprefix("+") for line in added.splitlines() if line.startswith("+"))
    for class_type, table in eval("{" + line + "}", vars(fields)).items():
        monkeypatch.setitem(fields.BY_CLASS, class_type, table)
    (test,) = written_tests(example, extract=extract)
    test()
