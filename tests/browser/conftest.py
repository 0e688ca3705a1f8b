"""A headless Chromium before the whole system: `up` with its own servers, its worker and the simulated ComfyUI."""

import asyncio
import os
import re
import shutil
import tempfile
import threading
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

from spoonfeeder.simulator.ollama.options import Options
from spoonfeeder.simulator.ollama.server import SimulatedOllama
from tests.browser.sharing import OneSignsIn
from tests.embedded.processes import wait_for
from tests.embedded.running_up import Up
from tests.fixtures.memory import memory_folder
from tests.fixtures.ports import own_port

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
LATENCY_MS = int(os.environ.get("LATENCY_MS", "0"))
PATIENCE_MS = 45_000
"""Three workers with a whole system each on two cores: a page that is loaded there may take ten times its time."""
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
ROOM_FOR_TWO: ViewportSize = {"width": 1280, "height": 1400}
"""For two cards with pictures: the list draws only what is in sight."""
ADMIN, PASSWORD = "ada@example.org", "correct horse battery"
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
START_SECONDS = 180.0
"""Longer than `up` itself, which ends where one of its parts is not ready in time: every worker starts one at once."""
SLOW_WORDS = 30_000
NO_OLLAMA_URL = "http://127.0.0.1:9"
"""Nothing listens there: a test must not find the developer's own."""
NOT_OURS = ("Failed to load resource", "WebSocket connection to")
"""What Chromium itself says of answers above 399 and of cut connections, which some tests bring about."""

NewPage = Callable[..., Page]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneSignsIn | None:
    return OneSignsIn(config, log) if config.getvalue("dist") == "loadgroup" else None


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
    home = Path(tempfile.mkdtemp(prefix="sf-browser-", dir=memory_folder()))
    home.chmod(0o711)
    up = Up(home, **{"OLLAMA_URL": NO_OLLAMA_URL, "SIMULATOR_PORT": str(own_port())} | settings)
    try:
        up.until_ready(START_SECONDS)
        yield up
    finally:
        up.process.kill()
        up.process.wait()
        wait_for(up.all_gone, 30)
        shutil.rmtree(home, ignore_errors=True)  # servers that end remove files of theirs meanwhile


def find_setup_path(up: Up) -> str:
    """What the start prints for the first admin."""
    (path,) = set(re.findall(r"/setup#token=\S+", up.said()))
    return str(path)


def set_up_admin(url: str, setup_path: str) -> None:
    """The first admin, unless there is one already."""
    with httpx2.Client(base_url=url, timeout=60, trust_env=False) as http:
        if http.get("/api/auth/status").json()["data"]["setup_needed"]:
            token = setup_path.partition("=")[2]
            body = {"token": token, "email": ADMIN, "name": "Ada", "password": PASSWORD}
            assert http.post("/api/auth/setup", json=body).status_code == 200


@pytest.fixture(scope="session")
def up() -> Iterator[Up]:
    yield from running_up()


@pytest.fixture(scope="session")
def closed_up(ollama: SimulatedOllama) -> Iterator[Up]:
    """Where people sign in."""
    yield from running_up(
        AUTH="required",
        PASSWORD_MEMORY_KIB="8192",
        PASSWORD_TIME_COST="1",
        RATE_LIMITS="off",
        OLLAMA_URL=ollama.url,
    )


@pytest.fixture(scope="session")
def setup_path(closed_up: Up) -> str:
    return find_setup_path(closed_up)


@pytest.fixture
def admin(closed_up: Up, setup_path: str) -> str:
    set_up_admin(closed_up.url, setup_path)
    return ADMIN


def sign_in(context: BrowserContext, email: str) -> None:
    """As if by the form: the page asks for the login only where it remembers somebody."""
    answer = context.request.post("/api/auth/login", data={"email": email, "password": PASSWORD})
    assert answer.ok
    user_id = answer.json()["data"]["user"]["id"]
    context.add_init_script(f"localStorage.user ??= '{user_id}'")


class Api:
    """What a script does beside the browser; as `email` where one signs in."""

    def __init__(self, up: Up, email: str | None = None) -> None:
        self._http = httpx2.Client(base_url=up.url, timeout=60, trust_env=False)
        if email is not None:
            login = self.post("/auth/login", {"email": email, "password": PASSWORD})
            self._http.headers["Authorization"] = f"Bearer {login['access_token']}"

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
        for row in self.get("/conversations"):
            self.call("DELETE", f"/conversations/{row['id']}")
        for row in self.get("/profiles"):
            if not row["is_demo"]:
                self.call("DELETE", f"/profiles/{row['id']}")
        for kind in ("sessions", "workflows"):
            for row in self.get(f"/comfyui/{kind}"):
                self.call("DELETE", f"/comfyui/{kind}/{row['id']}")
        for kind in ("projects", "prompts", "presets"):
            for row in self.get(f"/{kind}"):
                self.call("DELETE", f"/{kind}/{row['id']}")
        for row in self.get("/comfyui/backends"):
            if not row["is_own"]:
                self.call("DELETE", f"/comfyui/backends/{row['id']}")

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def api(up: Up) -> Iterator[Api]:
    api = Api(up)
    api.forget_everything()
    yield api
    api.close()


@contextmanager
def simulated_ollama(options: Options) -> Iterator[SimulatedOllama]:
    """In a thread of its own, so that it costs no process."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    ollama = SimulatedOllama(options)
    asyncio.run_coroutine_threadsafe(ollama.start(), loop).result()
    yield ollama
    asyncio.run_coroutine_threadsafe(ollama.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="session")
def ollama() -> Iterator[SimulatedOllama]:
    """Answers with twelve words, all at once."""
    with simulated_ollama(Options()) as running:
        yield running


@pytest.fixture(scope="session")
def slow_ollama() -> Iterator[SimulatedOllama]:
    """Answers for ten minutes unless it is stopped, or `max_tokens` says less: 50 words each second."""
    with simulated_ollama(Options(chunks=SLOW_WORDS, chunks_per_second=50)) as running:
        yield running


def ollama_profile(api: Api, ollama: SimulatedOllama, name: str) -> dict[str, Any]:
    """A profile that lists its chat models: `llama3.2:latest`, and `llava:7b`, which sees pictures."""
    profile: dict[str, Any] = api.post("/profiles", {"name": name, "provider": "ollama", "url": ollama.url})
    api.post(f"/profiles/{profile['id']}/models/sync")
    return profile


@pytest.fixture
def chat_profile(api: Api, ollama: SimulatedOllama) -> dict[str, Any]:
    return ollama_profile(api, ollama, "Home")


@pytest.fixture
def slow_profile(api: Api, slow_ollama: SimulatedOllama) -> dict[str, Any]:
    return ollama_profile(api, slow_ollama, "Slow home")


def move_far_away(page: Page) -> None:
    """Each of its requests takes `LATENCY_MS` longer, so that what is wrong only until an answer comes is seen."""
    line = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", line)


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
        if LATENCY_MS:
            move_far_away(page)
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
        picture = card.get_by_role("button", name="Open picture").first.locator("img")
        expect(picture).not_to_have_js_property("naturalWidth", 0)


@pytest.fixture
def comfyui(page: Page) -> ComfyUIPage:
    return ComfyUIPage(page)


def undo_of(page: Page) -> Locator:
    """What takes back what was just done: the toast does not go by itself while the pointer is on it."""
    undo = page.get_by_role("button", name="Undo")
    undo.hover()
    return undo


def make_session(api: Api) -> str:
    """A session on a text-to-image workflow."""
    graph = (EXAMPLES / "txt2img.json").read_text()
    workflow = api.post("/comfyui/workflows", {"name": "Lighthouse flow", "workflow_json": graph})
    session = api.post("/comfyui/sessions", {"title": "Lighthouses", "workflow_id": workflow["id"]})
    return str(session["id"])


@pytest.fixture
def session_id(api: Api) -> str:
    return make_session(api)
