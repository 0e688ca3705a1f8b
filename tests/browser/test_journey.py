"""From the first visit to the hundredth: what a person does on the ComfyUI page."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EXAMPLES, ROOM_FOR_TWO, Api, ComfyUIPage, NewPage, undo_of

pytestmark = pytest.mark.browser

SLOW_STEPS = 4_000
"""As long as nobody cancels it, for any patience."""
DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "application/json" }));
  for (const kind of ["dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""
WATCH = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const bar = document.querySelector('article [role=progressbar]');
    if (bar) window.seen.push(Number(bar.getAttribute('aria-valuenow')));
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-valuenow'] });
}"""


def drop_workflow(page: Page, path: Path) -> None:
    page.evaluate(DROP, [path.name, path.read_text()])


def test_first_visit_to_the_demo_picture(comfyui: ComfyUIPage, page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="ComfyUI").first.click()
    page.get_by_role("button", name="Make a first picture").click()
    expect(comfyui.cards).to_have_count(1)
    expect(comfyui.cards.get_by_text("Completed")).to_be_visible()
    picture = comfyui.cards.get_by_role("button", name="Open picture").locator("img")
    expect(picture).not_to_have_js_property("naturalWidth", 0)


def test_import_by_drop_generate_watch_reload(comfyui: ComfyUIPage, page: Page) -> None:
    comfyui.open()
    expect(page.get_by_text("No sessions yet")).to_be_visible()
    drop_workflow(page, EXAMPLES / "txt2img.json")
    page.get_by_role("dialog").get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("is imported.", exact=False).first).to_be_visible()
    page.evaluate(WATCH)
    comfyui.generate("a red lighthouse", Steps=120)
    comfyui.expect_picture("a red lighthouse")
    seen = page.evaluate("() => window.seen")
    assert len(set(seen)) >= 3, f"progress stood still: {seen}"
    assert seen == sorted(seen), f"progress went back: {seen}"
    page.reload()
    comfyui.expect_picture("a red lighthouse")
    expect(page.get_by_role("navigation", name="Sessions").get_by_text("1 image")).to_be_visible()


def test_two_windows_stay_in_step(new_page: NewPage, session_id: str, api: Api) -> None:
    one, other = (ComfyUIPage(new_page()) for _ in range(2))
    for window in (one, other):
        window.open(session_id)
        expect(window.connection).to_have_text("Live")
    one.generate("seen by both", Steps=8)
    for window in (one, other):
        window.expect_picture("seen by both")
    api.call("PATCH", f"/comfyui/sessions/{session_id}", {"title": "A new name"})
    for window in (one, other):
        expect(window.page.get_by_role("navigation", name="Sessions").get_by_text("A new name")).to_be_visible()
    other.card("seen by both").get_by_role("button", name="Delete").click()
    undo = undo_of(other.page)
    expect(one.cards).to_have_count(0)
    undo.click()
    for window in (one, other):
        window.expect_picture("seen by both")


def test_settings_of_a_picture_make_it_again(comfyui: ComfyUIPage, page: Page, session_id: str, api: Api) -> None:
    page.set_viewport_size(ROOM_FOR_TWO)
    comfyui.open(session_id)
    comfyui.generate("the same style as last week", Steps=5)
    comfyui.expect_picture("the same style as last week")
    page.get_by_role("textbox", name="Prompt", exact=True).fill("something else")
    comfyui.cards.get_by_role("button", name="Reuse settings").click()
    expect(page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value("the same style as last week")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(comfyui.cards).to_have_count(2)
    expect(comfyui.cards.get_by_text("Completed")).to_have_count(2)
    first, second = api.get(f"/comfyui/sessions/{session_id}")["generations"]
    graphs = [api.get(f"/comfyui/generations/{row['id']}/workflow")["workflow_json"] for row in (first, second)]
    assert graphs[0] == graphs[1]


def test_a_big_seed_and_a_big_integer_come_through_to_the_digit(
    comfyui: ComfyUIPage, page: Page, session_id: str, api: Api
) -> None:
    seed = "18446744073709551615"
    comfyui.open(session_id)
    page.get_by_role("textbox", name="Seed").fill(seed)
    comfyui.generate("the last seed of all", Steps=3)
    comfyui.expect_picture("the last seed of all")
    (row,) = api.get(f"/comfyui/sessions/{session_id}")["generations"]
    assert row["seed"] == seed
    comfyui.cards.get_by_role("button", name="View JSON").click()
    page.get_by_role("dialog").get_by_role("textbox").press("Control+End")
    expect(page.get_by_role("dialog").get_by_text(seed)).to_be_visible()


def test_a_cancelled_run_says_so(comfyui: ComfyUIPage, session_id: str) -> None:
    comfyui.open(session_id)
    comfyui.generate("never to be seen", Steps=SLOW_STEPS)
    expect(comfyui.progress).to_be_visible()
    comfyui.cards.get_by_role("button", name="Cancel").click()
    expect(comfyui.cards.get_by_text("Cancelled")).to_be_visible()


def test_a_deleted_session_comes_back_by_undo(comfyui: ComfyUIPage, page: Page, session_id: str) -> None:
    comfyui.open(session_id)
    sidebar = page.get_by_role("navigation", name="Sessions")
    sidebar.get_by_role("button", name="More for Lighthouses").click()
    page.get_by_role("menuitem", name="Delete").click()
    undo = undo_of(page)
    expect(sidebar.get_by_text("Lighthouses")).to_have_count(0)
    undo.click()
    expect(sidebar.get_by_text("Lighthouses")).to_be_visible()
