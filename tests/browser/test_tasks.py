"""Tasks, what they make, when they run, and in which order."""

import csv
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from spoonfeeder.simulator.ollama.server import SimulatedOllama
from tests.browser.conftest import Api, undo_of
from tests.embedded.processes import wait_for

pytestmark = pytest.mark.browser


def task_of(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=f"Task: {name}")


def status_of(page: Page, name: str) -> Locator:
    return task_of(page, name).get_by_role("status").first


def test_a_task_that_broke_off_is_retried_and_its_result_comes_by_itself(
    page: Page, api: Api, ollama: SimulatedOllama, chat_profile: dict[str, Any]
) -> None:
    page.goto("/tasks")
    page.get_by_role("link", name="New task").click()
    form = page.get_by_role("dialog", name="New task")
    form.get_by_label("Who makes it").select_option(label="Home (Ollama)")
    form.get_by_text("Options, fallbacks and time").click()
    form.get_by_text("What to make").scroll_into_view_if_needed()
    start = form.get_by_role("button", name="Start the task")
    expect(start).to_be_in_viewport(ratio=1)
    start.click()
    prompt = form.get_by_role("textbox", name="Prompt", exact=True)
    expect(form.get_by_role("combobox", name="Model")).to_be_focused()
    expect(prompt).to_have_accessible_description("Say what is to be made.")
    expect(form.get_by_text("which model is meant")).to_have_count(1)
    prompt.fill("A poem about piers")

    ollama.fail("/api/chat", "error_line", after=4, words="the tide came in")
    form.get_by_role("combobox", name="Model").fill("llama3.2")
    form.get_by_label("Attempts at most").fill("1")
    start.dblclick()
    task = task_of(page, "A poem about piers")
    expect(status_of(page, "A poem about piers")).to_have_text("Failed")
    (made,) = api.get("/tasks?q=piers")
    why = task.get_by_role("region", name="Why it failed")
    expect(why).to_contain_text(made["error"])
    expect(why).to_contain_text(api.get(f"/tasks/{made['id']}")["error_details"]["partial"].strip())

    task.get_by_role("button", name="Retry").click()
    expect(status_of(page, "A poem about piers")).to_have_text("Complete")
    answer = api.get(f"/tasks/{made['id']}")["result"]["content"]
    expect(task.get_by_role("region", name="Result")).to_contain_text(answer)

    task.get_by_role("button", name="Delete").click()
    undo = undo_of(page)
    expect(task).to_be_hidden()
    undo.click()
    expect(page.get_by_text("“A poem about piers” is back.").first).to_be_visible()
    expect(page.get_by_role("list", name="Tasks").get_by_role("link", name="piers")).to_be_visible()


def test_a_task_is_cancelled_and_the_history_keeps_what_is_looked_for(
    page: Page, api: Api, slow_profile: dict[str, Any]
) -> None:
    request = {"type": "text", "profile_id": slow_profile["id"], "model": "llama3.2"}
    words = api.post("/tasks", request | {"prompt": "Harbour words", "options": {"max_tokens": 5}})
    page.goto("/tasks")
    tasks = page.get_by_role("list", name="Tasks")
    expect(tasks.get_by_role("link", name="Harbour words")).to_contain_text("Complete")
    api.post("/tasks", request | {"prompt": "Harbour novel", "name": "=Novel"})
    tasks.get_by_role("link", name="=Novel").click()
    expect(status_of(page, "=Novel")).to_contain_text("Running")
    task_of(page, "=Novel").get_by_role("button", name="Cancel").click()
    expect(status_of(page, "=Novel")).to_have_text("Cancelled")

    page.goto("/history")
    ended = page.get_by_role("list", name="Ended tasks")
    page.get_by_label("Search in names and prompts").fill("harbour")
    page.wait_for_url("**/history?*q=harbour*")
    expect(ended.get_by_role("listitem")).to_have_count(2)
    page.get_by_label("Status").select_option("Complete")
    expect(ended.get_by_role("listitem")).to_have_count(1)
    with page.expect_download() as kept:
        page.get_by_role("button", name="CSV").click()
    with kept.value.path().open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [words["id"]]
    page.reload()
    expect(ended.get_by_role("listitem")).to_have_count(1)
    with page.expect_download() as text:
        ended.get_by_role("button", name="Download: Harbour words").click()
    answer = api.get(f"/tasks/{words['id']}")["result"]["content"]
    assert text.value.path().read_text() == answer
    page.goto("/results?type=text")
    expect(page.get_by_role("region", name="Text of Harbour words")).to_contain_text(answer)


@pytest.fixture
def schedules(api: Api) -> Iterator[None]:
    yield
    for row in api.get("/schedules?limit=50"):
        api.call("DELETE", f"/schedules/{row['id']}")


@pytest.mark.usefixtures("chat_profile", "schedules")
def test_a_schedule_says_when_it_comes_and_runs_now(page: Page, api: Api) -> None:
    page.goto("/schedules?new=1")
    form = page.get_by_role("dialog", name="New schedule")
    form.get_by_role("textbox", name="Name", exact=True).fill("Morning words")
    form.get_by_label("How often").select_option("Every week")
    form.get_by_label("On", exact=True).select_option("Wednesday")
    form.get_by_label("Time zone").click()
    page.get_by_placeholder("Search").fill("tokyo")
    page.get_by_role("option", name="Asia/Tokyo").click()
    times = form.get_by_role("list", name="Next times").get_by_role("listitem")
    expect(times).to_have_count(5)
    expect(times.first).to_contain_text("Asia/Tokyo")
    expect(times.first).to_contain_text("Wed")
    expect(times.first).to_contain_text("09:00")
    form.get_by_label("Who makes it").select_option(label="Home (Ollama)")
    form.get_by_role("combobox", name="Model").fill("llama3.2")
    form.get_by_role("textbox", name="Prompt", exact=True).fill("Good morning")
    form.get_by_role("button", name="Make the schedule").dblclick()
    expect(page.get_by_role("list", name="Schedules").get_by_role("heading", name="Morning words")).to_have_count(1)
    (made,) = api.get("/schedules")
    assert (made["cron"], made["time_zone"]) == ("0 9 * * 3", "Asia/Tokyo")

    page.get_by_role("button", name="Run now: Morning words").click()
    run = page.get_by_role("list", name="Runs of Morning words").get_by_role("listitem")
    expect(run).to_contain_text("Complete")
    page.get_by_label("Morning words is on").uncheck()
    expect(page.get_by_text("It is off: nothing is to come.")).to_be_visible()
    run.get_by_role("link").click()
    expect(task_of(page, "Good morning").get_by_role("region", name="Result")).to_be_visible()


@pytest.fixture
def closed_machine(api: Api) -> Iterator[str]:
    """Nothing that is queued begins until it is opened."""
    (machine,) = api.get("/comfyui/backends")
    path = f"/comfyui/backends/{machine['id']}"
    api.call("PATCH", path, {"draining": True})
    yield path
    api.call("PATCH", path, {"draining": False})


def is_completed(api: Api, generation_id: str) -> bool:
    return bool(api.get(f"/comfyui/generations/{generation_id}")["status"] == "completed")


def test_what_waits_is_put_in_order_and_held(page: Page, api: Api, session_id: str, closed_machine: str) -> None:
    first, _, third = [
        api.post(f"/comfyui/sessions/{session_id}/generate", {"prompt_text": prompt, "parameters": {"steps": 2}})["id"]
        for prompt in ("first ship", "second ship", "third ship")
    ]
    page.goto("/queue")
    waiting = page.get_by_role("list", name="Generations that wait").get_by_role("listitem")
    expect(waiting).to_contain_text(["first ship", "second ship", "third ship"])
    page.get_by_role("button", name="More for third ship").click()
    page.get_by_role("menuitem", name="To the front").click()
    expect(waiting).to_contain_text(["third ship", "first ship", "second ship"])
    page.get_by_role("button", name="Later: first ship").click()
    expect(waiting).to_contain_text(["third ship", "second ship", "first ship"])
    expect(page.get_by_role("button", name="Later: first ship")).to_be_focused()
    page.get_by_role("button", name="Hold: second ship").click()
    expect(waiting).to_contain_text(["third ship", "first ship", "second ship"])
    expect(waiting.last).to_contain_text("On hold")

    api.call("PATCH", closed_machine, {"draining": False})
    expect(waiting).to_contain_text(["second ship"])
    expect(waiting).to_have_count(1)
    for generation_id in (first, third):
        wait_for(partial(is_completed, api, generation_id), 60)
    page.get_by_role("button", name="Cancel all of mine").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel all of mine").click()
    expect(page.get_by_text("No generation waits.")).to_be_visible()
    page.goto("/history?kind=generations")
    ended = page.get_by_role("list", name="Ended generations").get_by_role("listitem")
    expect(ended.filter(has_text="second ship")).to_contain_text("Cancelled")
    expect(ended.filter(has_text="third ship")).to_contain_text("Complete")
