"""What the screen shows when something breaks while somebody looks."""

import os
import signal

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import ComfyUIPage
from tests.embedded.processes import commands_of
from tests.embedded.running_up import Up

pytestmark = pytest.mark.browser

LONG_STEPS = 120
"""Eighteen seconds, in which a page on a busy machine too sees that it runs."""


def worker_of(up: Up) -> int:
    return next(pid for pid, command in commands_of(up.process.pid).items() if " worker" in command)


def test_a_worker_killed_in_the_middle_ends_right(comfyui: ComfyUIPage, session_id: str, up: Up) -> None:
    comfyui.open(session_id)
    comfyui.generate("through a crash", Steps=LONG_STEPS)
    expect(comfyui.progress).not_to_have_attribute("aria-valuenow", "0")
    os.kill(worker_of(up), signal.SIGKILL)
    expect(comfyui.cards.get_by_text("Completed")).to_be_visible(timeout=90_000)
    comfyui.expect_picture("through a crash")


def test_without_a_socket_it_still_ends_right(comfyui: ComfyUIPage, page: Page, session_id: str) -> None:
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.route("**/socket.io/**", lambda route: route.abort())
    comfyui.open(session_id)
    expect(comfyui.connection).to_have_text("Delayed")
    comfyui.generate("asked for, not told", Steps=12)
    comfyui.expect_picture("asked for, not told")


def test_an_api_that_goes_away_and_comes_back(comfyui: ComfyUIPage, page: Page, session_id: str, up: Up) -> None:
    comfyui.open(session_id)
    comfyui.generate("over a restart", Steps=LONG_STEPS)
    expect(comfyui.progress).to_be_visible()
    api_process = next(pid for pid, command in commands_of(up.process.pid).items() if " api" in command)
    os.kill(api_process, signal.SIGKILL)
    expect(comfyui.connection).not_to_have_text("Live")
    expect(comfyui.connection).to_have_text("Live", timeout=90_000)
    comfyui.expect_picture("over a restart")


def test_a_server_that_does_not_answer_loses_nothing(comfyui: ComfyUIPage, page: Page, session_id: str) -> None:
    """The first tries are lost on their way there, the next on the way back: it is still made once."""
    comfyui.open(session_id)
    lost = iter(("there", "there", "back", "back"))

    def lose(route: Route) -> None:
        match next(lost, None):
            case "there":
                route.abort()
            case "back":
                route.fetch()
                route.abort()
            case _:
                route.continue_()

    page.route("**/generate", lose)
    comfyui.generate("not lost", Steps=3)
    expect(page.get_by_text("trying again").first).to_be_visible()
    comfyui.expect_picture("not lost")
    expect(page.get_by_text("trying again")).to_have_count(0)
    expect(comfyui.cards).to_have_count(1)


def test_a_refusal_is_told_and_keeps_what_was_typed(comfyui: ComfyUIPage, page: Page, session_id: str) -> None:
    comfyui.open(session_id)
    refusal = {"success": False, "error": "You have 1,000 generations waiting already.", "code": "QUEUE_FULL"}
    page.route("**/generate", lambda route: route.fulfill(status=429, json=refusal))
    comfyui.generate("kept")
    expect(page.get_by_text("1,000 generations waiting").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value("kept")


def test_typing_replaces_the_prompt_that_a_slow_page_fills_in(
    comfyui: ComfyUIPage, page: Page, session_id: str
) -> None:
    slow: list[Route] = []
    is_slow = True
    page.route("**/api/comfyui/workflows/*", lambda route: slow.append(route) if is_slow else route.continue_())
    comfyui.open(session_id)
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.focus()
    expect(prompt).to_have_value("")
    is_slow = False
    for route in slow:
        route.continue_()
    expect(prompt).not_to_have_value("")
    page.keyboard.type("mine")
    expect(prompt).to_have_value("mine")
