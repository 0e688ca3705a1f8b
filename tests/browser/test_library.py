"""Finding pictures again, and what is done with those that are found."""

import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Api, NewPage
from tests.embedded.processes import wait_for

pytestmark = pytest.mark.browser

ENDED = {"completed", "failed"}


@pytest.fixture
def make_pictures(api: Api, session_id: str) -> Callable[..., list[str]]:
    """Small ones of few steps, each of a prompt, the last the newest."""
    workflow_id = api.get(f"/comfyui/sessions/{session_id}")["current_workflow_id"]

    def make(*prompts: str, **parameters: Any) -> list[str]:
        wanted = {"steps": 2, "width": 64, "height": 64} | parameters
        ids = [
            api.post(
                f"/comfyui/sessions/{session_id}/generate",
                {"workflow_id": workflow_id, "prompt_text": prompt, "parameters": wanted},
            )["id"]
            for prompt in prompts
        ]
        wait_for(lambda: all(api.get(f"/comfyui/generations/{one}")["status"] in ENDED for one in ids), 20)
        return ids

    return make


class LibraryPage:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.tiles = page.get_by_role("list", name="Pictures").get_by_role("listitem")
        self.filters = page.get_by_role("complementary", name="Filters")
        self.selected = page.get_by_role("region", name="Selected")

    def open(self, query: str = "") -> None:
        self.page.goto(f"/library{query}")
        expect(self.page.get_by_role("heading", name="Library", level=1)).to_be_visible()

    def picture(self, prompt: str) -> Locator:
        return self.page.get_by_role("link", name=f"Open: {prompt}")

    def select(self, *prompts: str) -> None:
        for prompt in prompts:
            self.picture(prompt).hover()
            self.page.get_by_role("checkbox", name=f"Select {prompt}").check()


@pytest.fixture
def library(page: Page) -> LibraryPage:
    return LibraryPage(page)


def test_found_by_words_and_by_facet_and_others_are_not(
    library: LibraryPage, page: Page, make_pictures: Callable[..., list[str]]
) -> None:
    make_pictures("a red fox", "a red boat")
    make_pictures("a blue fox", width=96)
    library.open()
    expect(library.tiles).to_have_count(3)
    page.get_by_role("searchbox", name="Search prompts").fill("fox -blue")
    expect(library.tiles).to_have_count(1)
    expect(library.picture("a red fox")).to_be_visible()
    expect(page.get_by_text("1 picture", exact=True)).to_be_visible()
    page.reload()
    expect(library.tiles).to_have_count(1)
    page.get_by_role("button", name="Take away the filter Words: fox -blue").click()
    expect(library.tiles).to_have_count(3)
    library.filters.get_by_role("button", name=re.compile("^96 . 64")).click()
    expect(library.tiles).to_have_count(1)
    expect(library.picture("a blue fox")).to_be_visible()
    page.go_back()
    expect(library.tiles).to_have_count(3)
    page.goto("/library?colour=red")
    expect(page.get_by_role("alert").get_by_text("There is no filter of the name colour.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Clear all filters").click()
    expect(library.tiles).to_have_count(3)


def test_new_ones_wait_until_they_are_wanted_and_changes_come_by_themselves(
    library: LibraryPage, page: Page, new_page: NewPage, make_pictures: Callable[..., list[str]], api: Api
) -> None:
    first, gone = make_pictures("the first one", "one that goes")
    library.open()
    expect(library.tiles).to_have_count(2)
    make_pictures("a later one")
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(library.tiles).to_have_count(2)
    api.call("PATCH", f"/comfyui/generations/{first}", {"favorite": True})
    expect(page.get_by_role("button", name="Remove from favorites")).to_have_count(1)
    api.call("DELETE", f"/comfyui/generations/{gone}")
    expect(library.picture("one that goes")).to_have_count(0)
    assert page.get_by_role("button", name="2 new").count() == 0, "what is deleted is not new"
    page.get_by_role("button", name="1 new").click()
    expect(library.picture("a later one")).to_be_visible()
    expect(library.tiles).to_have_count(2)


def test_who_comes_back_is_where_they_were(
    library: LibraryPage, page: Page, make_pictures: Callable[..., list[str]]
) -> None:
    make_pictures("low in the list")
    page.set_viewport_size({"width": 900, "height": 240})
    library.open()
    library.picture("low in the list").click()
    scrolled = "tile => tile.closest('.overflow-y-auto').scrollTop"
    before = page.locator("[data-of]").evaluate(scrolled)
    assert before > 0
    page.get_by_role("dialog").get_by_role("link", name="Everything about it").click()
    expect(page.get_by_role("textbox", name="Notes")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(library.picture("low in the list")).to_be_focused()
    assert library.tiles.evaluate(scrolled) == before


def test_favorites_and_tags_are_given_to_several_and_found_again(
    library: LibraryPage, page: Page, make_pictures: Callable[..., list[str]]
) -> None:
    make_pictures("one of the series", "two of the series", "something else")
    library.open()
    library.select("one of the series", "two of the series")
    library.selected.get_by_role("button", name="Tags").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Give all of them a tag").fill("Series 7")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Keep tags").click()
    expect(dialog).to_have_count(0)
    library.selected.get_by_role("button", name="Favorites").click()
    library.selected.get_by_role("button", name="Clear selection").click()
    library.filters.get_by_role("button", name="Series 7 2").click()
    expect(library.tiles).to_have_count(2)
    expect(library.picture("something else")).to_have_count(0)
    page.get_by_role("button", name="Clear all", exact=True).click()
    page.get_by_role("button", name="Favorites", exact=True).click()
    expect(library.tiles).to_have_count(2)
    library.picture("one of the series").click()
    page.get_by_role("dialog").get_by_role("link", name="Everything about it").click()
    page.get_by_role("button", name="Remove the tag Series 7").click()
    page.get_by_role("textbox", name="Notes").fill("the one for the cover")
    page.get_by_role("button", name="Keep notes").click()
    expect(page.get_by_role("button", name="Keep notes")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("textbox", name="Notes")).to_have_value("the one for the cover")
    expect(page.get_by_text("Series 7")).to_have_count(0)


def test_two_are_compared_and_all_come_as_one_zip(
    library: LibraryPage, page: Page, make_pictures: Callable[..., list[str]], session_id: str
) -> None:
    make_pictures("a red fox at night", seed=11)
    make_pictures("a blue fox at night", seed=12, steps=3)
    library.open(f"?session_id={session_id}")
    library.select("a red fox at night", "a blue fox at night")
    library.selected.get_by_role("button", name="Compare").click()
    prompts = page.get_by_role("region", name="Prompts")
    expect(prompts.get_by_role("deletion")).to_have_text("red")
    expect(prompts.get_by_role("insertion")).to_have_text("blue")
    parameters = page.get_by_role("region", name="Parameters", exact=True)
    expect(parameters.get_by_role("row", name="steps 2 3")).to_be_visible()
    expect(parameters.get_by_role("row", name="seed 11 12")).to_be_visible()
    expect(parameters.get_by_text("width")).to_have_count(0)
    page.get_by_role("button", name="Slider").click()
    page.get_by_role("slider", name="How much of A").press("End")
    page.go_back()
    page.get_by_role("button", name="Download ZIP").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("2 generations: 2 files")).to_be_visible()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    expect(dialog.get_by_text("The ZIP is complete.")).to_be_visible()
    with zipfile.ZipFile(download.value.path()) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("pictures/")]
        assert len(pictures) == 2
        assert all(archive.read(name).startswith(b"\x89PNG") for name in pictures)
        kept = {one["prompt_text"] for one in json.loads(archive.read("manifest.json"))["generations"]}
    assert kept == {"a red fox at night", "a blue fox at night"}


def test_the_keyboard_alone_goes_through_the_grid(
    library: LibraryPage, page: Page, make_pictures: Callable[..., list[str]]
) -> None:
    make_pictures("number one", "number two", "number three")
    library.open()
    library.picture("number three").focus()
    page.keyboard.press("ArrowRight")
    expect(library.picture("number two")).to_be_focused()
    page.keyboard.press("Enter")
    view = page.get_by_role("dialog", name="number two")
    expect(view.locator(":focus")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="number one")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(library.picture("number two")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowLeft")
    expect(library.selected.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Delete")
    expect(library.tiles).to_have_count(1)
    expect(library.picture("number one")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(library.tiles).to_have_count(3)
