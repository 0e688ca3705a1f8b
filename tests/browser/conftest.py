"""A headless Chromium before the whole system: `up` with its own servers, its worker and the simulated ComfyUI."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from spoonfeeder.embedded.readiness import free_port
from tests.embedded.processes import wait_for
from tests.embedded.running_up import Up

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PATIENCE_MS = 15_000
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
ROOM_FOR_TWO: ViewportSize = {"width": 1280, "height": 1400}
"""For two cards with pictures: the list draws only what is in sight."""
ADMIN, PASSWORD = "ada@example.org", "correct horse battery"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
NOT_OURS = ("Failed to load resource", "WebSocket connection to")
"""What Chromium itself says of answers above 399 and of cut connections, which some tests bring about."""

NewPage = Callable[..., Page]


def find_chromium() -> str:
    named = os.environ.get("SPOONFEEDER_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    assert found, "no Chromium: install one, or name it in SPOONFEEDER_CHROMIUM"
    return found


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        yield browser


def running_up(**settings: str) -> Iterator[Up]:
    """On a simulator port of its own: other systems may start on this machine at the same time."""
    home = Path(tempfile.mkdtemp(prefix="sf-browser-"))
    home.chmod(0o711)
    up = Up(home, SIMULATOR_PORT=str(free_port("127.0.0.1")), **settings)
    try:
        up.until_ready()
        yield up
    finally:
        up.process.kill()
        up.process.wait()
        wait_for(up.all_gone, 5)
        shutil.rmtree(home)


def find_setup_path(up: Up) -> str:
    """What the start prints for the first admin."""
    (path,) = set(re.findall(r"/setup#token=\S+", up.said()))
    return str(path)


def set_up_admin(url: str, setup_path: str) -> None:
    """The first admin, unless there is one already."""
    with httpx2.Client(base_url=url, trust_env=False) as http:
        if http.get("/api/auth/status").json()["data"]["setup_needed"]:
            token = setup_path.partition("=")[2]
            body = {"token": token, "email": ADMIN, "name": "Ada", "password": PASSWORD}
            assert http.post("/api/auth/setup", json=body).status_code == 200


@pytest.fixture(scope="session")
def up() -> Iterator[Up]:
    yield from running_up()


class Api:
    """What a script does beside the browser."""

    def __init__(self, up: Up) -> None:
        self._http = httpx2.Client(base_url=up.url, timeout=30, trust_env=False)

    def call(self, method: str, path: str, body: object = None) -> Any:
        answer = self._http.request(method, f"/api{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json().get("data")

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: object = None) -> Any:
        return self.call("POST", path, body or {})

    def forget_everything(self) -> None:
        """As on the first day: the demo profile, and nothing else."""
        for kind in ("sessions", "workflows"):
            for row in self.get(f"/comfyui/{kind}"):
                self.call("DELETE", f"/comfyui/{kind}/{row['id']}")

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def api(up: Up) -> Iterator[Api]:
    api = Api(up)
    api.forget_everything()
    yield api
    api.close()


@pytest.fixture
def new_page(browser: Browser, up: Up, api: Api) -> Iterator[NewPage]:
    """Pages of separate windows; each must stay free of script errors and of refusals by its own security policy."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(NOT_OURS):
            complaints.append(message.text)

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"base_url": up.url, "viewport": DESKTOP, "reduced_motion": "reduce"} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()


class ComfyUIPage:
    """The ComfyUI page as a person sees it: everything is found by its role and name."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cards = page.get_by_role("article")
        self.pictures = page.locator("article img")
        self.progress = page.get_by_role("progressbar", name="Progress:")
        self.connection = page.get_by_role("banner").get_by_role("status")

    def open(self, session_id: str = "") -> None:
        self.page.goto(f"/comfyui/{session_id}")
        expect(self.page.get_by_role("heading", level=1)).to_be_attached()

    def generate(self, prompt: str, **numbers: int) -> None:
        for name, value in numbers.items():
            field = self.page.get_by_role("spinbutton", name=name)
            field.fill(str(value))
            field.press("Tab")
        self.page.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)
        self.page.get_by_role("button", name="Generate", exact=True).click()

    def card(self, prompt: str) -> Locator:
        return self.page.get_by_role("article", name=f"Generation: {prompt}")

    def expect_picture(self, prompt: str) -> None:
        """Completed, and its picture really loaded."""
        card = self.card(prompt)
        expect(card.get_by_text("Completed")).to_be_visible()
        picture = card.locator("img").first
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0


@pytest.fixture
def comfyui(page: Page) -> ComfyUIPage:
    return ComfyUIPage(page)


@pytest.fixture
def session_id(api: Api) -> str:
    """A session on a text-to-image workflow."""
    graph = (EXAMPLES / "txt2img.json").read_text()
    workflow = api.post("/comfyui/workflows", {"name": "Lighthouse flow", "workflow_json": graph})
    session = api.post("/comfyui/sessions", {"title": "Lighthouses", "workflow_id": workflow["id"]})
    return str(session["id"])
