"""`make screenshots`: every page, light and dark, on a desktop and a phone, into docs/screenshots."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import EXAMPLES, Api, ComfyUIPage, chromium, find_setup_path, running_up, set_up_admin

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
LOOKS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PROMPTS = (
    "a lighthouse on a cliff at dawn, oil painting",
    "the same lighthouse in a storm, waves over the rocks",
    "the keeper's room, warm lamp, rain on the window",
)


IS_STILL = """() => !document.querySelector('[aria-label="Loading"]')
  && [...document.images].every((image) => image.complete)"""


def fill(api: Api, page: Page) -> str:
    """Some sessions, the newest with finished pictures."""
    graph = (EXAMPLES / "txt2img.json").read_text()
    workflow = api.post("/comfyui/workflows", {"name": "Portraits", "workflow_json": graph})
    for title in ("Portraits for the shop", "Tests of samplers", "Lighthouses"):
        session = api.post("/comfyui/sessions", {"title": title, "workflow_id": workflow["id"]})
    comfyui = ComfyUIPage(page)
    comfyui.open(session["id"])
    for prompt in PROMPTS:
        comfyui.generate(prompt, **{"Batch size": 2})
        comfyui.expect_picture(prompt)
    return str(session["id"])


def take_all(browser: Browser, api: Api, url: str, session_id: str) -> None:
    pages = {"dashboard": "/", "comfyui": f"/comfyui/{session_id}", "profiles": "/profiles"}
    for look, (device, options) in product(LOOKS, DEVICES.items()):
        with window(browser, url, look, options) as page:
            for name, path in pages.items():
                if name == "dashboard":
                    api.post(f"/comfyui/sessions/{session_id}/generate", {"parameters": {"steps": 40}})
                page.goto(path)
                if name == "comfyui":
                    expect(page.locator("article img").last).to_be_visible()
                shoot(page, f"{name}-{look}-{device}")
            page.goto(pages["comfyui"])
            page.get_by_role("button", name="Open picture 1").last.click()
            shoot(page, f"lightbox-{look}-{device}")


def take_way_in(browser: Browser, url: str, setup_path: str) -> None:
    """The setup of the first admin, and then the sign-in."""
    for name, path in (("setup", setup_path), ("sign-in", "/login")):
        for look, (device, options) in product(LOOKS, DEVICES.items()):
            with window(browser, url, look, options) as page:
                page.goto(path)
                expect(page.get_by_label("E-mail")).to_be_visible()
                shoot(page, f"{name}-{look}-{device}")
        set_up_admin(url, setup_path)


@contextmanager
def window(browser: Browser, url: str, look: Literal["light", "dark"], options: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(base_url=url, color_scheme=look, reduced_motion="reduce", **options)
    yield context.new_page()
    context.close()


def shoot(page: Page, name: str) -> None:
    page.wait_for_function(IS_STILL)
    page.wait_for_timeout(1_200)  # numbers and connections settle
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=80)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, chromium(playwright) as browser:
        for up in running_up():
            api = Api(up)
            page = browser.new_context(base_url=up.url).new_page()
            take_all(browser, api, up.url, fill(api, page))
        for up in running_up(AUTH="required", PASSWORD_MEMORY_KIB="8192", PASSWORD_TIME_COST="1"):
            take_way_in(browser, up.url, find_setup_path(up))


if __name__ == "__main__":
    main()
