"""What somebody sees without scrolling: the picture in the making, what can be done, what is being read."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Api, ComfyUIPage, NewPage
from tests.browser.walk import PHONE

pytestmark = pytest.mark.browser

DEVICES = pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
SCROLLED = "feed => feed.scrollTop"


def expect_whole(picture: Locator) -> None:
    """All of it between what stands above and below the pictures."""
    expect(picture).to_be_in_viewport(ratio=1)
    box = picture.bounding_box()
    assert box is None or box["height"] > 100, box


def never(_: Route) -> None:
    """No answer."""


@DEVICES
def test_a_picture_is_whole_while_it_is_made_and_afterwards(
    new_page: NewPage, session_id: str, device: dict[str, Any]
) -> None:
    comfyui = ComfyUIPage(new_page(**device))
    comfyui.open(session_id)
    comfyui.generate("the first")
    expect_whole(comfyui.card("the first").get_by_role("img", name="Preview"))
    comfyui.expect_picture("the first")
    expect_whole(comfyui.card("the first").locator("img"))

    how_many = comfyui.page.get_by_role("spinbutton", name="How many")
    how_many.fill("2")
    comfyui.generate("two more")
    expect_whole(comfyui.page.get_by_role("img", name="Preview").first)
    expect(how_many).to_have_value("2")
    expect(comfyui.page.get_by_text("waiting or running in this session")).to_have_count(0)
    comfyui.expect_picture("two more")
    expect_whole(comfyui.card("two more").locator("img").last)
    comfyui.page.reload()
    expect_whole(comfyui.card("two more").locator("img").last)


def test_who_looks_at_older_pictures_stays_there(comfyui: ComfyUIPage, page: Page, session_id: str, api: Api) -> None:
    for prompt in ("the oldest", "older"):
        api.post(f"/comfyui/sessions/{session_id}/generate", {"prompt_text": prompt, "parameters": {"steps": 2}})
    comfyui.open(session_id)
    comfyui.expect_picture("older")
    comfyui.generate("the newest")
    expect(comfyui.progress.last).to_be_visible()
    feed = page.get_by_role("feed")
    feed.hover()
    page.mouse.wheel(0, -5_000)
    comfyui.expect_picture("the oldest")
    expect(page.get_by_text("waiting or running in this session")).to_have_count(0)
    expect(page.get_by_role("navigation", name="Sessions").get_by_text("3 images")).to_be_visible()
    assert feed.evaluate(SCROLLED) == 0
    page.get_by_role("button", name="To the newest").click()
    expect_whole(comfyui.card("the newest").locator("img"))


def test_who_goes_on_to_the_buttons_below_stays_there(new_page: NewPage, session_id: str) -> None:
    comfyui = ComfyUIPage(new_page(viewport={"width": 1280, "height": 560}))
    comfyui.open(session_id)
    comfyui.generate("being made")
    expect(comfyui.page.get_by_role("img", name="Preview")).to_be_visible()
    feed = comfyui.page.get_by_role("feed")
    feed.hover()
    comfyui.page.mouse.wheel(0, 5_000)
    buttons = comfyui.card("being made").get_by_role("button", name="Reuse settings")
    expect(buttons).to_be_in_viewport(ratio=1)
    below = feed.evaluate(SCROLLED)
    percent = comfyui.progress.get_attribute("aria-valuenow")
    expect(comfyui.progress).not_to_have_attribute("aria-valuenow", str(percent))
    assert feed.evaluate(SCROLLED) == below
    comfyui.expect_picture("being made")
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
    expect_whole(comfyui.card("another").locator("img"))


def test_the_buttons_of_a_card_take_one_row_on_a_phone(new_page: NewPage, session_id: str) -> None:
    comfyui = ComfyUIPage(new_page(**PHONE))
    comfyui.open(session_id)
    comfyui.generate("in one hand")
    comfyui.expect_picture("in one hand")
    names = ("Reuse settings", "Copy seed", "Tags and notes", "View JSON", "Download", "Run again", "Variations…")
    places = [comfyui.cards.get_by_role("button", name=name).bounding_box() for name in names]
    assert len({place["y"] for place in places if place}) == 1, places
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
    assert page.get_by_role("table").first.evaluate("one => one.scrollWidth <= one.parentElement.clientWidth")


def test_the_header_of_a_conversation_that_is_read_does_not_say_it_is_new(page: Page, api: Api) -> None:
    conversation = api.post("/conversations", {"title": "Lamps of the coast", "provider": "ollama"})
    page.route(f"**/api/conversations/{conversation['id']}*", never)
    page.goto(f"/chat/{conversation['id']}")
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
