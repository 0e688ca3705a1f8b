"""The models of an Ollama: pulled while somebody looks elsewhere, loaded, and deleted."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from spoonfeeder.simulator.ollama.options import Options
from spoonfeeder.simulator.ollama.server import SimulatedOllama
from tests.browser.conftest import Api, ollama_profile, simulated_ollama

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def far_away() -> Iterator[SimulatedOllama]:
    """Its downloads take ten minutes."""
    with simulated_ollama(Options(pull_steps=10_000, pull_seconds=600)) as running:
        yield running


def pull(page: Page, name: str, *, at: str) -> Locator:
    """Asks for it; gives the part of the page that is about this Ollama."""
    place = page.get_by_role("region", name=at, exact=True)
    wanted = place.get_by_role("textbox", name=f"Model to pull for {at}")
    wanted.fill(name)
    wanted.press("Enter")
    return place


def test_a_model_is_pulled_loaded_unloaded_and_deleted(page: Page, chat_profile: dict[str, Any]) -> None:
    page.goto("/models")
    home = pull(page, "poet:1b", at="Home")
    row = home.get_by_role("row", name="poet:1b")
    expect(row.get_by_text("On disk")).to_be_visible()
    expect(home.get_by_role("status").filter(has_text="poet:1b is here.")).to_be_attached()
    home.get_by_role("button", name="Load poet:1b").click()
    expect(row.get_by_text("Loaded")).to_be_visible()
    expect(row.get_by_text("of graphics memory, until")).to_be_visible()
    home.get_by_role("button", name="Unload poet:1b").click()
    expect(row.get_by_text("On disk")).to_be_visible()
    home.get_by_role("button", name="More for poet:1b").click()
    page.get_by_role("menuitem", name="Delete from the disk").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row).to_have_count(0)
    for name, told in (
        ("no-such-model", 'Ollama\'s library has no model "no-such-model"; check its name and its tag.'),
        ("two words", "A name has only letters, digits and"),
    ):
        pull(page, name, at="Home")
        expect(home.get_by_role("alert").filter(has_text=told)).to_be_visible()


def test_a_download_moves_on_whatever_page_until_it_is_stopped(page: Page, api: Api, far_away: SimulatedOllama) -> None:
    ollama_profile(api, far_away, "Attic")
    page.goto("/models")
    attic = pull(page, "long:70b", at="Attic")
    progress = page.get_by_role("progressbar", name="Download of long:70b")
    expect(progress).not_to_have_attribute("aria-valuenow", "0")
    page.get_by_role("link", name="Usage").click()
    expect(page.get_by_role("heading", level=1, name="Usage")).to_be_visible()
    seen = progress.get_attribute("aria-valuenow") or ""
    expect(progress).not_to_have_attribute("aria-valuenow", seen)
    page.get_by_role("complementary", name="Downloads").get_by_role("link", name="long:70b").click()
    attic.get_by_role("button", name="Stop pulling long:70b").click()
    expect(attic.get_by_role("status").filter(has_text="What came so far is kept")).to_be_attached()
    expect(progress).to_have_count(0)
    attic.get_by_role("button", name="Go on pulling long:70b").click()
    expect(progress).to_be_visible()
