"""Finding pictures again, and what is done with those that are found."""

import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Api, NewPage, undo_of
from tests.embedded.processes import wait_for

pytestmark = pytest.mark.browser

ENDED = {"completed", "failed"}
SLOTS = 2
"""What ComfyUI runs at once (COMFYUI_SLOTS)."""
SLOW_STEPS = 4_000
"""As long as nobody cancels it, for any patience."""


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
        wait_for(lambda: all(api.get(f"/comfyui/generations/{one}")["status"] in ENDED for one in ids), 60)
        return ids

    return make


@pytest.fixture
def start(api: Api, session_id: str) -> Callable[[str, int], str]:
    """A small one that is not waited for."""

    def start_one(prompt: str, steps: int) -> str:
        asked = {"prompt_text": prompt, "parameters": {"steps": steps, "width": 64, "height": 64}}
        return str(api.post(f"/comfyui/sessions/{session_id}/generate", asked)["id"])

    return start_one


class LibraryPage:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.tiles = page.get_by_role("list", name="Pictures").get_by_role("listitem")
        self.filters = page.get_by_role("complementary", name="Filters")
        self.selected = page.get_by_role("region", name="Selected")

    def open(self, query: str = "") -> None:
        self.page.goto(f"/library{query}")
        expect(self.page.get_by_role("heading", name="Library", level=1)).to_be_visible()

    def open_live(self) -> None:
        """When events are heard already: with the first connection everything on screen is read once more."""
        self.page.goto("/")
        expect(self.page.get_by_role("banner").get_by_role("status")).to_have_text("Live")
        self.page.get_by_role("navigation", name="Pages").get_by_role("link", name="Library").first.click()
        expect(self.page.get_by_role("heading", name="Library", level=1)).to_be_visible()

    def picture(self, prompt: str) -> Locator:
        return self.page.get_by_role("link", name=f"Open: {prompt}")

    def select(self, *prompts: str) -> None:
        for prompt in prompts:
            self.page.get_by_role("link", name=re.compile(f": {prompt}$")).hover()
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
    library.open_live()
    expect(library.tiles).to_have_count(2)
    make_pictures("a later one")
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(library.tiles).to_have_count(2)
    api.call("PATCH", f"/comfyui/generations/{first}", {"favorite": True})
    expect(page.get_by_role("button", name="Remove from favorites")).to_have_count(1)
    api.call("DELETE", f"/comfyui/generations/{gone}")
    expect(library.picture("one that goes")).to_have_count(0)
    expect(page.get_by_role("button", name="2 new")).to_have_count(0)
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
    expect(page.get_by_role("dialog").locator(":focus")).to_have_count(1)
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
    expect(page.get_by_role("button", name="Remove from favorites")).to_have_count(2)
    library.selected.get_by_role("button", name="Clear selection").click()
    library.filters.get_by_role("button", name="Series 7 2").click()
    expect(library.tiles).to_have_count(2)
    expect(library.picture("something else")).to_have_count(0)
    page.get_by_role("button", name="Clear all", exact=True).click()
    expect(library.filters.get_by_role("button", name="Series 7 2")).to_be_visible()
    page.get_by_role("searchbox", name="Search prompts").fill("else")
    expect(library.tiles).to_have_count(1)
    expect(library.filters.get_by_role("button", name="Completed 1")).to_be_visible()
    expect(library.filters.get_by_role("button", name="Failed 0")).to_be_visible()
    expect(library.filters.get_by_role("button", name="Series 7", exact=True)).to_be_visible()
    page.get_by_role("searchbox", name="Search prompts").fill("")
    expect(library.tiles).to_have_count(3)
    page.get_by_role("button", name="Favorites", exact=True).click()
    expect(library.tiles).to_have_count(2)
    library.picture("one of the series").click()
    page.get_by_role("dialog").get_by_role("link", name="Everything about it").click()
    page.get_by_role("button", name="Remove the tag Series 7").click()
    expect(page.get_by_role("button", name="Remove the tag Series 7")).to_have_count(0)
    page.get_by_role("textbox", name="Notes").fill("the one for the cover")
    page.get_by_role("button", name="Keep notes").click()
    expect(page.get_by_role("button", name="Keep notes")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("textbox", name="Notes")).to_have_value("the one for the cover")
    expect(page.get_by_text("Series 7")).to_have_count(0)


def test_a_found_picture_is_varied_on_its_page(
    library: LibraryPage, page: Page, make_pictures: Callable[..., list[str]]
) -> None:
    make_pictures("more of this")
    library.open()
    library.picture("more of this").click()
    page.get_by_role("dialog").get_by_role("link", name="Everything about it").click()
    page.get_by_role("main").get_by_role("button", name="Variations…").click()
    dialog = page.get_by_role("dialog", name="Variations")
    dialog.get_by_role("spinbutton", name="How many").fill("2")
    dialog.get_by_role("button", name="Queue 2 variations").click()
    page.get_by_role("button", name="Show the grid").click()
    expect(page.get_by_role("heading", name="2 variations")).to_be_visible()


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
    expect(library.selected.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Clear selection").click()
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
    library.open_live()
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
    undo = undo_of(page)
    expect(library.tiles).to_have_count(1)
    expect(library.picture("number one")).to_be_focused()
    undo.click()
    expect(library.tiles).to_have_count(3)


def test_the_wheel_scrolls_a_comparison_and_zooms_when_it_is_told_to(
    page: Page, make_pictures: Callable[..., list[str]]
) -> None:
    ids = make_pictures("a red fox", "a blue fox")
    page.goto(f"/library/compare?ids={','.join(ids)}")
    pictures = page.get_by_role("group", name=re.compile("^Both pictures"))
    one = page.get_by_alt_text("Picture A")
    is_whole = re.compile(r"scale\(1\)")
    graph = page.get_by_role("region", name="Graph", exact=True)
    expect(graph).not_to_be_in_viewport()
    pictures.hover()
    page.mouse.wheel(0, 5_000)
    expect(graph).to_be_in_viewport()
    expect(one).to_have_attribute("style", is_whole)
    page.mouse.wheel(0, -5_000)
    expect(graph).not_to_be_in_viewport()
    pictures.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(one).not_to_have_attribute("style", is_whole)
    page.get_by_role("button", name="Fit", exact=True).click()
    expect(one).to_have_attribute("style", is_whole)
    one.click()
    page.mouse.wheel(0, -300)
    expect(one).not_to_have_attribute("style", is_whole)
    expect(page.get_by_alt_text("Picture B")).not_to_have_attribute("style", is_whole)


def test_what_is_unfinished_is_cancelled_and_only_what_is_deleted_comes_back(
    library: LibraryPage, page: Page, make_pictures: Callable[..., list[str]], start: Callable[[str, int], str]
) -> None:
    make_pictures("one to keep")
    for prompt in ("in front one", "in front two", "waiting one", "waiting two"):
        start(prompt, SLOW_STEPS)
    library.open_live()
    library.select("waiting one", "waiting two")
    library.selected.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("2 generations cancelled.", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    for prompt in ("waiting one", "waiting two"):
        expect(page.get_by_role("link", name=f"Cancelled: {prompt}")).to_be_visible()
    library.select("in front one", "in front two", "one to keep")
    library.selected.get_by_role("button", name="Delete").click()
    undo = undo_of(page)
    expect(page.get_by_text("1 generation deleted, 2 generations cancelled.", exact=True)).to_be_visible()
    expect(library.tiles).to_have_count(4)
    undo.click()
    expect(library.picture("one to keep")).to_be_visible()
    expect(library.tiles).to_have_count(5)
    expect(page.get_by_text("not restored")).to_have_count(0)


def test_one_that_has_just_ended_is_not_without_output_until_its_row_is_read(
    library: LibraryPage, page: Page, start: Callable[[str, int], str], api: Api
) -> None:
    in_front = [start(f"in front {number}", SLOW_STEPS) for number in range(SLOTS)]
    start("the one that ends", 2)
    library.open_live()
    tile = library.tiles.filter(has_text="the one that ends")
    expect(tile.get_by_text("Waiting")).to_be_visible()
    held: list[Route] = []
    rows = re.compile(r"/api/comfyui/generations(\?|/[0-9a-f-]{36}$)")

    def hold(route: Route) -> None:
        held.append(route)

    page.route(rows, hold)
    for one in in_front:
        api.post(f"/comfyui/generations/{one}/cancel")
    expect(tile.get_by_text("Completed")).to_be_visible()
    expect(tile.get_by_text("Without output")).to_have_count(0)
    page.route(rows, lambda route: route.continue_())
    for route in held:
        route.continue_()
    expect(library.picture("the one that ends").locator("img")).to_be_visible()


def test_what_goes_with_its_session_or_batch_goes_from_the_library_and_comes_back(
    page: Page, make_pictures: Callable[..., list[str]], api: Api, session_id: str
) -> None:
    library = LibraryPage(page)
    [generation_id] = make_pictures("a lighthouse")
    batch = api.post(f"/comfyui/generations/{generation_id}/variations", {"count": 2})
    wait_for(lambda: bool(api.get(f"/comfyui/batches/{batch['id']}")["completed"] == 2), 60)
    library.open_live()
    for gone, left in ((f"batches/{batch['id']}", 1), (f"sessions/{session_id}", 0)):
        expect(library.tiles).to_have_count(3)
        api.call("DELETE", f"/comfyui/{gone}")
        expect(library.tiles).to_have_count(left)
        api.post(f"/comfyui/{gone}/restore")
    expect(library.tiles).to_have_count(3)
