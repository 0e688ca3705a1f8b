"""Running the server: what it has to say, what it did and cost, and what is set for it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Api, NewPage

pytestmark = pytest.mark.browser

KEY = "sk-canary-canary-canary-4711"


def bell_of(page: Page) -> Locator:
    return page.get_by_role("banner").get_by_role("button", name="Notifications")


def test_a_notification_comes_live_is_followed_and_read_in_every_window(
    new_page: NewPage, api: Api, chat_profile: dict[str, Any]
) -> None:
    api.post("/notifications/read")
    page, other = new_page(), new_page()
    bell, others = (bell_of(window) for window in (page, other))
    for window in (page, other):
        window.goto("/usage")
        expect(window.get_by_role("banner").get_by_role("status")).to_have_text("Live")
    asked = {"name": "Bedtime story", "type": "text", "profile_id": chat_profile["id"], "prompt": "Once"}
    api.post("/tasks", asked | {"model": "a-model-that-is-not-there"})
    expect(bell).to_have_accessible_name("Notifications, 1 unread")
    expect(others).to_have_accessible_name("Notifications, 1 unread")
    bell.click()
    panel = page.get_by_role("dialog", name="Notifications")
    told = panel.get_by_role("listitem").first
    expect(told.get_by_role("img", name="Failed")).to_be_visible()
    told.get_by_role("link", name="Bedtime story").click()
    page.wait_for_url("**/tasks/*")
    expect(panel).to_have_count(0)
    expect(bell).to_have_accessible_name("Notifications")
    expect(others).to_have_accessible_name("Notifications")
    others.click()
    stories = other.get_by_role("dialog", name="Notifications").get_by_role("listitem").filter(has_text="Bedtime story")
    stories.get_by_role("button", name="Delete: ").click()
    expect(stories).to_have_count(0)


def test_the_dashboard_draws_what_was_made_and_each_day_can_be_heard(page: Page, api: Api, session_id: str) -> None:
    api.post(f"/comfyui/sessions/{session_id}/generate", {"prompt_text": "a pier at noon", "parameters": {"steps": 2}})
    page.goto("/")
    lately = page.get_by_role("region", name="Lately")
    expect(lately.get_by_role("link", name="a pier at noon").first).to_be_visible()
    chart = page.get_by_role("figure", name="Work per day")
    days = chart.get_by_role("slider")
    days.focus()
    today = days.get_attribute("aria-valuetext") or ""
    page.keyboard.press("ArrowLeft")
    expect(days).not_to_have_attribute("aria-valuetext", today)
    chart.get_by_text("As a table").click()
    expect(chart.get_by_role("row")).to_have_count(31)
    expect(page.get_by_role("region", name="In this workspace").get_by_text("Completed")).to_be_visible()
    page.get_by_role("navigation", name="Quick actions").get_by_role("link", name="Add a provider").click()
    expect(page.get_by_role("dialog", name="New profile")).to_be_visible()


def card_of(page: Page, provider: str) -> Locator:
    return page.get_by_role("region", name="Providers").get_by_role("listitem").filter(has_text=provider)


def test_settings_are_saved_masked_tested_and_removed(page: Page, api: Api) -> None:
    page.goto("/settings")
    openai = card_of(page, "OpenAI")
    openai.get_by_role("button", name="Set up OpenAI").click()
    form = page.get_by_role("dialog", name="Settings of OpenAI")
    form.get_by_role("textbox", name="Default model").fill("gpt-x")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("textbox", name="API key")).to_have_accessible_description(re.compile("^Enter the API key"))
    form.get_by_role("textbox", name="API key").fill(KEY)
    form.get_by_role("textbox", name="Address").fill("http://127.0.0.1:9/v1")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    expect(openai.get_by_text("sk-…4711")).to_be_visible()
    assert KEY not in page.content()
    openai.get_by_role("button", name="Test OpenAI").click()
    expect(openai.get_by_text("Not connected")).to_be_visible()
    expect(openai.get_by_text("Away")).to_be_visible()
    openai.get_by_role("button", name="Remove the settings of OpenAI").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(openai.get_by_text("Not set")).to_be_visible()
    page.get_by_role("radio", name="Dark").check()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.evaluate("localStorage.setItem('drafts', 'Once upon a time')")
    kept = page.get_by_role("region", name="This browser").get_by_text("What was typed and not sent yet")
    expect(kept).to_be_visible()
    page.get_by_role("button", name="Forget it all").click()
    page.get_by_role("dialog").get_by_role("button", name="Forget").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    expect(kept).to_have_count(0)


@pytest.fixture
def budgets(api: Api) -> Iterator[None]:
    yield
    for row in api.get("/budgets"):
        api.call("DELETE", f"/budgets/{row['id']}")


@pytest.mark.usefixtures("budgets")
def test_a_budget_is_set_changed_and_removed(page: Page) -> None:
    page.goto("/usage")
    budgets = page.get_by_role("region", name="Budgets")
    budgets.get_by_role("button", name="Set a budget").click()
    form = page.get_by_role("dialog", name="Set a budget")
    form.get_by_role("spinbutton", name="US dollars a month").fill("12.50")
    form.get_by_role("button", name="Save").click()
    budget = budgets.get_by_role("listitem").filter(has_text="The whole workspace")
    expect(budget.get_by_text("of $12.50 spent")).to_be_visible()
    budget.get_by_role("button", name="Change the budget").click()
    form = page.get_by_role("dialog", name="Budget of")
    form.get_by_role("spinbutton", name="US dollars a month").fill("0")
    form.get_by_role("button", name="Save").click()
    expect(budget.get_by_text("Used up")).to_be_visible()
    budget.get_by_role("button", name="Remove the budget").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(budget).to_have_count(0)
    first = page.get_by_role("search", name="Filters").get_by_label("From")
    first.focus()
    page.keyboard.type("01152026")
    page.wait_for_url("**/usage?from=2026-01-15")
    expect(first).to_have_value("2026-01-15")
    page.get_by_role("combobox", name="Sums by").select_option("By model")
    page.wait_for_url("**/usage?*by=model")
    page.reload()
    expect(page.get_by_role("combobox", name="Sums by")).to_have_value("model")
