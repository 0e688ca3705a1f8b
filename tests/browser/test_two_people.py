"""AUTH=required with three people: a stranger finds nothing of Ada's, a viewer sees all of it and changes nothing.

Both come to every page that shows a row, and each to one half of the others unless the run is thorough (`make pages`).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from spoonfeeder.simulator.ollama.server import SimulatedOllama
from tests.browser import walk
from tests.browser.conftest import ADMIN, DESKTOP, PASSWORD, PATIENCE_MS, Api, set_up_admin, sign_in
from tests.browser.pages import fill, walked
from tests.embedded.processes import wait_for
from tests.embedded.running_up import Up

pytestmark = pytest.mark.browser

SECRET = "Heron"
"""In the name of everything that Ada has."""
BOB, VERA = "bob@example.org", "vera@example.org"
OF_EVERYBODY = frozenset(["keys", "workspaces"])
"""Where also a viewer has something of their own to change."""
SHOWN = """() => [document.title, document.body.innerText,
  ...[...document.querySelectorAll("input, textarea")].map(({ value }) => value)].join("\\n")"""
CHANGES = re.compile(
    r"^(add|branch|cancel|catch|change|create|delete|disable|duplicate|edit|enable|generate|hold|import|keep|load|make|"
    r"mark|merge|move|new|pause|pin|pull|put|release|remove|rename|rerun|rescue|restore|resume|retry|revoke|run|save|"
    r"send|set|start(?! anew)|stop|sweep|sync|tag|unload|upload|variations)\b",
    re.IGNORECASE,
)
BUTTONS = """() => [...document.querySelectorAll("main :is(button, [role=button])")]
  .filter((button) => button.checkVisibility() && !button.disabled)
  .map((button) => button.ariaLabel || button.textContent.trim())"""
NOT_THERE = re.compile(r"not t?here|does not exist|there is no|no such|not found|is gone|no longer", re.IGNORECASE)


@pytest.fixture(scope="module")
def ada(closed_up: Up, setup_path: str) -> Iterator[Api]:
    set_up_admin(closed_up.url, setup_path)
    api = Api(closed_up, ADMIN)
    home = api.get("/auth/me")["workspace_id"]
    for email, name, where in (
        (BOB, "Bob", {}),
        (VERA, "Vera", {"workspace_id": home, "workspace_role": "viewer"}),
    ):
        api.post("/users", {"email": email, "name": name, "password": PASSWORD, **where})
    yield api
    api.close()


@pytest.fixture(scope="module")
def ids(ada: Api, ollama: SimulatedOllama) -> dict[str, str]:
    ada.post("/auth/api-keys", {"name": f"{SECRET} key"})
    made = fill(ada, SECRET)
    profile = ada.post("/profiles", {"name": f"{SECRET} profile", "provider": "ollama", "url": ollama.url})
    errand = {"name": f"{SECRET} errand", "type": "text", "profile_id": profile["id"], "prompt": "in vain"}
    ada.post("/tasks", {**errand, "model": "unknown:1b", "max_attempts": 1})
    wait_for(lambda: SECRET in str(ada.get("/notifications")), 90)
    kept = (
        "/auth/api-keys",
        "/notifications",
        "/results",
        "/schedules",
        "/prompts",
        "/presets",
        "/comfyui/generations",
    )
    assert [path for path in kept if SECRET not in str(ada.get(path))] == [], "there is nothing that could be seen"
    return made


@contextmanager
def signed_in(browser: Browser, up: Up, email: str) -> Iterator[Page]:
    context = browser.new_context(base_url=up.url, viewport=DESKTOP, reduced_motion="reduce")
    walk.prepare(context)
    sign_in(context, email)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def test_a_stranger_finds_nothing_on_any_page(browser: Browser, closed_up: Up, ids: dict[str, str]) -> None:
    told, unsaid = [], []
    with signed_in(browser, closed_up, BOB) as page:
        for place in walked(1):
            walk.go(page, place.at(ids))
            shown = page.evaluate(SHOWN)
            if SECRET in shown:
                told.append(place.name)
            if "{" in place.path and not NOT_THERE.search(shown):
                unsaid.append(place.name)
    assert told == []
    assert unsaid == [], "a page does not say that there is no such row"


def test_a_stranger_hears_no_event(browser: Browser, closed_up: Up, ada: Api, ids: dict[str, str]) -> None:
    heard: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: heard.append(str(frame)))

    bob = Api(closed_up, BOB)
    with signed_in(browser, closed_up, BOB) as page:
        page.on("websocket", listen)
        walk.go(page, "/comfyui")
        expect(page.get_by_role("banner").get_by_role("status")).to_have_text("Live")
        generation = ada.post(
            f"/comfyui/sessions/{ids['session']}/generate",
            {"prompt_text": f"{SECRET} again", "parameters": {"steps": 2}},
        )
        ada.call("PATCH", f"/conversations/{ids['conversation']}", {"title": f"{SECRET} renamed"})
        ada.call("PATCH", f"/tasks/{ids['task']}", {"name": f"{SECRET} renamed"})
        bob.post("/comfyui/sessions", {"title": "Of Bob himself"})
        expect(page.get_by_text("Of Bob himself").first).to_be_visible()
    bob.close()
    assert any("resource:changed" in frame for frame in heard), "not even Bob's own events came"
    mine = [SECRET, str(generation["id"]), *ids.values()]
    assert [frame for frame in heard if any(word in frame for word in mine)] == []


def test_a_viewer_sees_it_all_and_has_nothing_that_changes_it(
    browser: Browser, closed_up: Up, ids: dict[str, str]
) -> None:
    changes, seen = {}, set()
    with signed_in(browser, closed_up, VERA) as page:
        for place in walked(0):
            walk.go(page, place.at(ids))
            if SECRET in page.evaluate(SHOWN):
                seen.add(place.name)
            if place.name not in OF_EVERYBODY:
                changes[place.name] = [name for name in page.evaluate(BUTTONS) if CHANGES.match(name)]
    assert {name: buttons for name, buttons in changes.items() if buttons} == {}
    assert seen >= {"chat", "comfyui", "task", "generation", "project", "prompts", "presets", "workflow"}
