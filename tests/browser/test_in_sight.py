"""What somebody sees without scrolling: the picture in the making, what can be done, what is being read."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import EXAMPLES, Api, ComfyUIPage, NewPage, make_session
from tests.browser.walk import PHONE
from tests.embedded.processes import wait_for

pytestmark = pytest.mark.browser

DEVICES = pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
SCROLLED = "feed => feed.scrollTop"
PLACE_AND_PERCENT = """feed => {
  const bar = feed.querySelector("[role=progressbar]");
  return [feed.scrollTop, bar.getAttribute("aria-valuenow")];
}"""
STILL = """feed => new Promise((resolve) => {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(resolve, 500);
  };
  new ResizeObserver(wait).observe(feed.firstElementChild);
})"""
"""For 150 ms after each change of size the list goes on with a scroll of its own (virtua)."""
LEAVE_AND_RESIZE = """feed => {
  feed.dispatchEvent(new WheelEvent("wheel"));
  feed.scrollTop = 0;
  feed.parentElement.style.height = "calc(100% - 24px)";
}"""
"""In one frame, as it may fall together where the line below goes at the end of a run."""
LONG_STEPS = 100
"""Fifteen seconds: a page on a busy machine too sees the picture in the making."""
SLOTS = 2
"""What ComfyUI runs at once (COMFYUI_SLOTS)."""
SLOW_STEPS = 4_000
"""As long as nobody cancels it, for any patience."""
FITS = """() => {
  const table = document.querySelector("table");
  return table !== null && table.scrollWidth <= table.parentElement.clientWidth;
}"""


@pytest.fixture
def long_session_id(api: Api) -> str:
    graph = json.loads((EXAMPLES / "txt2img.json").read_text())
    graph["3"]["inputs"]["steps"] = LONG_STEPS
    workflow = api.post("/comfyui/workflows", {"name": "Lighthouse flow", "workflow_json": graph})
    return str(api.post("/comfyui/sessions", {"title": "Lighthouses", "workflow_id": workflow["id"]})["id"])


def made(card: Locator) -> Locator:
    """The finished picture, no preview."""
    return card.get_by_role("button", name="Open picture").locator("img")


def expect_whole(picture: Locator) -> None:
    """All of it between what stands above and below the pictures."""
    expect(picture).to_be_in_viewport(ratio=1)
    heights = picture.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert all(height > 100 for height in heights), heights


def never(_: Route) -> None:
    """No answer."""


@DEVICES
def test_a_picture_is_whole_while_it_is_made_and_afterwards(
    new_page: NewPage, long_session_id: str, api: Api, device: dict[str, Any]
) -> None:
    comfyui = ComfyUIPage(new_page(**device))
    comfyui.open(long_session_id)
    comfyui.generate("the first")
    expect_whole(comfyui.card("the first").get_by_role("img", name="Preview"))
    expect_whole(made(comfyui.card("the first")))

    how_many = comfyui.page.get_by_role("spinbutton", name="How many")
    how_many.fill("2")
    comfyui.generate("two more")
    expect_whole(comfyui.page.get_by_role("img", name="Preview").first)
    expect(how_many).to_have_value("2")
    newest = made(comfyui.card("two more").last)
    wait_for(lambda: bool(api.get(f"/comfyui/sessions/{long_session_id}")["completed_count"] == 3), 180)
    expect(newest).not_to_have_js_property("naturalWidth", 0)
    expect(comfyui.page.get_by_text("waiting or running in this session")).to_have_count(0)
    expect_whole(newest)
    comfyui.page.reload()
    expect_whole(newest)


def ask(api: Api, session_id: str, prompt: str, steps: int) -> str:
    body = {"prompt_text": prompt, "parameters": {"steps": steps}}
    return str(api.post(f"/comfyui/sessions/{session_id}/generate", body)["id"])


def keep_busy(api: Api) -> list[str]:
    """What ComfyUI runs until it is cancelled, so that all else waits; in a session that nobody looks at."""
    session_id = make_session(api)
    return [ask(api, session_id, "in front", SLOW_STEPS) for _ in range(SLOTS)]


def test_who_looks_at_older_pictures_stays_there(comfyui: ComfyUIPage, page: Page, session_id: str, api: Api) -> None:
    for prompt in ("the oldest", "older"):
        ask(api, session_id, prompt, 8)
    comfyui.open(session_id)
    comfyui.expect_picture("older")
    in_front = keep_busy(api)
    comfyui.generate("the newest")
    expect(comfyui.card("the newest").get_by_text("Waiting", exact=True)).to_be_visible()
    feed = page.get_by_role("feed")
    feed.evaluate(STILL)
    feed.hover()
    page.mouse.wheel(0, -5_000)
    expect(page.get_by_role("button", name="To the newest")).to_be_visible()
    for one in in_front:
        api.post(f"/comfyui/generations/{one}/cancel")
    comfyui.expect_picture("the oldest")
    expect(page.get_by_text("waiting or running in this session")).to_have_count(0)
    expect(page.get_by_role("navigation", name="Sessions").get_by_text("3 images")).to_be_visible()
    assert feed.evaluate(SCROLLED) == 0
    page.get_by_role("button", name="To the newest").click()
    expect_whole(made(comfyui.card("the newest")))


def test_who_leaves_as_the_list_changes_its_size_is_not_called_back(
    comfyui: ComfyUIPage, page: Page, session_id: str, api: Api
) -> None:
    for prompt in ("one", "another", "the last"):
        ask(api, session_id, prompt, 2)
    comfyui.open(session_id)
    comfyui.expect_picture("the last")
    expect_whole(made(comfyui.card("the last")))
    feed = page.get_by_role("feed")
    feed.evaluate(STILL)
    feed.evaluate(LEAVE_AND_RESIZE)
    expect(page.get_by_role("button", name="To the newest")).to_be_visible()
    assert feed.evaluate(SCROLLED) == 0


def test_who_goes_on_to_the_buttons_below_stays_there(new_page: NewPage, long_session_id: str) -> None:
    comfyui = ComfyUIPage(new_page(viewport={"width": 1280, "height": 560}))
    comfyui.open(long_session_id)
    comfyui.generate("being made")
    expect(comfyui.page.get_by_role("img", name="Preview")).to_be_visible()
    feed = comfyui.page.get_by_role("feed")
    feed.evaluate(STILL)
    feed.hover()
    comfyui.page.mouse.wheel(0, 5_000)
    buttons = comfyui.card("being made").get_by_role("button", name="Reuse settings")
    expect(buttons).to_be_in_viewport(ratio=1)
    below, percent = feed.evaluate(PLACE_AND_PERCENT)
    expect(comfyui.progress).not_to_have_attribute("aria-valuenow", percent)
    assert feed.evaluate(SCROLLED) == below
    expect(made(comfyui.card("being made"))).not_to_have_js_property("naturalWidth", 0)
    expect(buttons).to_be_in_viewport(ratio=1)


def test_settings_that_somebody_opened_stay_open(comfyui: ComfyUIPage, page: Page, session_id: str) -> None:
    steps = page.get_by_role("spinbutton", name="Steps")
    comfyui.open(session_id)
    comfyui.generate("one", Steps=2)
    comfyui.expect_picture("one")
    expect(steps).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Settings")).click()
    comfyui.generate("another", Steps=3)
    comfyui.expect_picture("another")
    expect(steps).to_have_value("3")
    expect_whole(made(comfyui.card("another")))


def test_who_typed_in_settings_that_fold_goes_on_at_their_button(new_page: NewPage, session_id: str) -> None:
    comfyui = ComfyUIPage(new_page(viewport={"width": 1280, "height": 720}))
    comfyui.open(session_id)
    comfyui.page.get_by_role("textbox", name="Prompt", exact=True).fill("by the keyboard")
    comfyui.page.get_by_role("spinbutton", name="Steps").press("Control+Enter")
    comfyui.expect_picture("by the keyboard")
    expect(comfyui.page.get_by_role("button", name=re.compile("^Settings"))).to_be_focused()


def test_the_buttons_of_a_card_take_one_row_on_a_phone(new_page: NewPage, session_id: str) -> None:
    comfyui = ComfyUIPage(new_page(**PHONE))
    comfyui.open(session_id)
    comfyui.generate("in one hand")
    comfyui.expect_picture("in one hand")
    names = ("Reuse settings", "Copy seed", "Tags and notes", "View JSON", "Download", "Run again", "Variations…")
    buttons = comfyui.cards.get_by_role("button", name=re.compile(f"^({'|'.join(names)})$"))
    expect(buttons).to_have_count(len(names))
    tops = buttons.evaluate_all("all => all.map((one) => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1, tops
    comfyui.cards.get_by_role("button", name="Variations…").click()
    expect(comfyui.page.get_by_role("dialog")).to_be_visible()


def test_json_is_shown_in_lines(comfyui: ComfyUIPage, page: Page, session_id: str, api: Api) -> None:
    seed = "18446744073709551615"
    body = {"prompt_text": "a big seed", "parameters": {"steps": 2, "seed": seed}}
    api.post(f"/comfyui/sessions/{session_id}/generate", body)
    comfyui.open(session_id)
    comfyui.expect_picture("a big seed")
    comfyui.cards.get_by_role("button", name="View JSON").click()
    lines = page.get_by_role("dialog").locator(".cm-line")
    expect(lines.nth(20)).to_be_visible()
    page.get_by_role("dialog").get_by_role("textbox").press("Control+End")
    expect(lines.filter(has_text=re.compile(rf'^\s*"seed": {seed},?$'))).to_have_count(1)


def test_models_are_loaded_on_a_phone(new_page: NewPage, chat_profile: dict[str, Any]) -> None:
    page = new_page(**PHONE)
    page.goto("/models")
    row = page.get_by_role("region", name=chat_profile["name"], exact=True).get_by_role("row", name="llama3.2:latest")
    load = row.get_by_role("button", name=re.compile("^(Load|Unload) llama3"))
    load.scroll_into_view_if_needed()
    expect(load).to_be_in_viewport(ratio=1)
    expect(row.get_by_role("button", name="More for")).to_be_in_viewport(ratio=1)
    page.wait_for_function(FITS)


def test_the_header_of_a_conversation_that_is_read_does_not_say_it_is_new(page: Page, api: Api) -> None:
    conversation = api.post("/conversations", {"title": "Lamps of the coast", "provider": "ollama"})
    page.route(f"**/api/conversations/{conversation['id']}*", never)
    page.goto(f"/chat/{conversation['id']}")
    listed = page.get_by_role("navigation", name="Conversations").get_by_role("button", name=re.compile("^Lamps"))
    expect(listed).to_be_visible()
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Conversation")
    expect(page.get_by_text("Choose a model")).to_have_count(0)
    page.unroute_all()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lamps of the coast")
    expect(page.get_by_text("Choose a model")).to_be_visible()


def test_a_message_that_is_not_sent_says_where_it_is(page: Page, chat_profile: dict[str, Any], api: Api) -> None:
    body = {"profile_id": chat_profile["id"], "model": "llama3.2:latest"}
    conversation = api.post("/conversations", body)
    page.goto(f"/chat/{conversation['id']}")
    page.route("**/messages", lambda route: route.abort())
    composer = page.get_by_role("textbox", name="Message", exact=True)
    composer.fill("Is anybody there?")
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    composer.press("Enter")
    said = "The message was not sent; it stays in the box. The server cannot be reached."
    expect(page.get_by_text(f"{said} Check that it runs, and try again.").first).to_be_visible()
    expect(composer).to_have_value("Is anybody there?")
