"""`make screenshots`: every page, light on a desktop and dark on a phone, some in all looks, into docs/screenshots."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from spoonfeeder.simulator.ollama.options import Options
from spoonfeeder.simulator.ollama.server import SimulatedOllama
from tests.browser import walk
from tests.browser.conftest import (
    ADMIN,
    EXAMPLES,
    PASSWORD,
    Api,
    ComfyUIPage,
    chromium,
    find_setup_path,
    ollama_profile,
    running_up,
    set_up_admin,
    sign_in,
    simulated_ollama,
)
from tests.browser.pages import PLACES, fill
from tests.embedded.running_up import Up

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
LEFT_OUT = frozenset(["dashboard", "comfyui", "profiles", "comfyui-gone", "nowhere"])
"""Three are taken in local mode, where they are fuller, and in all looks."""
QUALITIES = (80, 65, 50, 35)
MOST_BYTES = 80_000
ANSWER = """A **Fresnel lens** is a set of rings, each a slice of a large lens:

1. They bend the light of one lamp into a single beam.
2. They weigh a tenth of what a whole lens would weigh.

```python
def rings(radius: float, step: float) -> int:
    return round(radius / step)
```
"""
LOOKS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PROMPTS = (
    "a lighthouse on a cliff at dawn, oil painting",
    "the same lighthouse in a storm, waves over the rocks",
    "the keeper's room, warm lamp, rain on the window",
)


IS_STILL = """() => !document.querySelector('[aria-label="Loading"]')
  && [...document.images].every((image) => image.complete)"""


def fill_local(api: Api, page: Page) -> str:
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


def fill_up(api: Api, ollama: SimulatedOllama) -> dict[str, str]:
    """Two of most things, an answered conversation, and somebody else on the server."""
    ollama_profile(api, ollama, "Workstation")
    fill(api, "Portrait")
    ids = fill(api, "Lighthouse")
    messages = f"/conversations/{ids['conversation']}/messages"
    api.post(messages, {"role": "assistant", "content": ANSWER})
    api.post("/users", {"email": "bo@example.org", "name": "Bo", "password": PASSWORD})
    api.post("/auth/api-keys", {"name": "n8n on the workstation", "scopes": ["write"], "expires_in_days": 90})
    workspace = api.get("/auth/me")["workspace_id"]
    api.post(f"/workspaces/{workspace}/invitations", {"role": "viewer", "email": "cleo@example.org"})
    return ids


def take_every_page(browser: Browser, up: Up, ids: dict[str, str]) -> None:
    """Signed in, so that the pages about people are among them."""
    for look, device in (("light", "desktop"), ("dark", "phone")):
        context = browser.new_context(
            base_url=up.url,
            color_scheme="light" if look == "light" else "dark",
            reduced_motion="reduce",
            **DEVICES[device],
        )
        walk.prepare(context)
        sign_in(context, ADMIN)
        page = context.new_page()
        for place in PLACES:
            if place.name not in LEFT_OUT:
                walk.go(page, place.at(ids))
                shoot(page, f"{place.name}-{look}-{device}")
        context.close()


@contextmanager
def window(browser: Browser, url: str, look: Literal["light", "dark"], options: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(base_url=url, color_scheme=look, reduced_motion="reduce", **options)
    yield context.new_page()
    context.close()


def shoot(page: Page, name: str) -> None:
    page.wait_for_function(IS_STILL)
    page.wait_for_timeout(1_200)  # numbers and connections settle
    for quality in QUALITIES:
        picture = page.screenshot(type="jpeg", quality=quality)
        if len(picture) < MOST_BYTES:
            break
    (FOLDER / f"{name}.jpg").write_bytes(picture)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, chromium(playwright) as browser:
        for up in running_up():
            api = Api(up)
            page = browser.new_context(base_url=up.url).new_page()
            take_all(browser, api, up.url, fill_local(api, page))
        with simulated_ollama(Options()) as ollama:
            closed = {"AUTH": "required", "RATE_LIMITS": "off", "OLLAMA_URL": ollama.url}
            for up in running_up(**closed, PASSWORD_MEMORY_KIB="8192", PASSWORD_TIME_COST="1"):
                take_way_in(browser, up.url, find_setup_path(up))
                take_every_page(browser, up, fill_up(Api(up, ADMIN), ollama))


if __name__ == "__main__":
    main()
