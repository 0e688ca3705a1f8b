"""By keyboard alone, and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOM_FOR_TWO, ComfyUIPage, NewPage
from tests.browser.walk import PHONE

pytestmark = pytest.mark.browser

FOCUSED_BUTTON = """() => {
  const focused = document.activeElement;
  return focused?.matches("button") ? focused.textContent || focused.ariaLabel : "";
}"""


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the button with this name has the focus, as somebody without a mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if name in page.evaluate(FOCUSED_BUTTON):
            return
    raise AssertionError(f"Tab never came to {name!r}")


def test_the_main_page_by_keyboard_alone(comfyui: ComfyUIPage, page: Page, session_id: str) -> None:
    page.set_viewport_size(ROOM_FOR_TWO)
    comfyui.open(session_id)
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    expect(page.get_by_role("button", name="Generate", exact=True)).to_be_enabled()
    page.keyboard.press("/")
    expect(prompt).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("by keyboard alone")
    page.keyboard.press("Control+Enter")
    comfyui.expect_picture("by keyboard alone")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("#main").focus()
    tab_to(page, "Lighthouse flow")
    page.keyboard.press("Enter")
    workflows = page.get_by_role("dialog", name="Workflows")
    expect(workflows.get_by_role("button", name="More for Lighthouse flow")).to_be_visible()
    page.keyboard.press("Escape")
    expect(workflows).to_have_count(0)
    tab_to(page, "Reuse settings")
    page.keyboard.press("Enter")
    expect(prompt).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(comfyui.cards).to_have_count(2)
    expect(comfyui.cards.get_by_role("button", name="Open picture")).to_have_count(2)
    comfyui.cards.first.locator("button:has(img)").focus()
    page.keyboard.press("Enter")
    lightbox = page.get_by_role("dialog")
    expect(lightbox.get_by_role("img", name="Picture: by keyboard alone")).to_be_visible()
    expect(lightbox.locator(":focus")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(lightbox.get_by_role("button", name="Next picture")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(lightbox).to_have_count(0)


def test_the_main_page_on_a_phone(new_page: NewPage, session_id: str) -> None:
    comfyui = ComfyUIPage(new_page(**PHONE))
    page = comfyui.page
    comfyui.open(session_id)
    comfyui.generate("in one hand")
    comfyui.expect_picture("in one hand")
    page.get_by_role("button", name="Sessions").click()
    expect(page.get_by_role("dialog").get_by_text("Lighthouses")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Settings", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("spinbutton", name="Steps")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
