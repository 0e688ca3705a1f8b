"""The machines that share the work of a ComfyUI profile."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api

pytestmark = pytest.mark.browser


def test_a_second_machine_is_added_drained_and_removed(page: Page, api: Api) -> None:
    (own,) = api.get("/comfyui/backends")
    page.goto("/machines")
    first = page.get_by_role("listitem", name=own["name"])
    expect(first.get_by_text("Ready")).to_be_visible()
    page.get_by_role("button", name="Add a machine").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Attic")
    dialog.get_by_role("textbox", name="Address").fill(own["url"])
    dialog.get_by_role("spinbutton", name="Slots").fill("3")
    dialog.get_by_role("button", name="Add machine").click()
    expect(dialog.get_by_text("This profile has a machine with that address already.")).to_be_visible()
    dialog.get_by_role("textbox", name="Address").fill(own["url"].replace("127.0.0.1", "localhost"))
    dialog.get_by_role("button", name="Add machine").click()

    attic = page.get_by_role("listitem", name="Attic")
    expect(attic.get_by_text("Ready")).to_be_visible()
    expect(attic.get_by_text("0 of 3 slots")).to_be_visible()
    expect(page.get_by_text("2 machines · 5 slots")).to_be_visible()
    attic.get_by_role("button", name="Drain Attic").click()
    expect(attic.get_by_text("Draining")).to_be_visible()
    machine = next(row for row in api.get("/comfyui/backends") if not row["is_own"])
    assert machine["draining"]
    api.call("PATCH", f"/comfyui/backends/{machine['id']}", {"draining": False, "enabled": False})
    expect(attic.get_by_text("Switched off")).to_be_visible()

    attic.get_by_role("button", name="More for Attic").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(attic).to_have_count(0)
    expect(first.get_by_role("button").first).to_be_focused()
    assert len(api.get("/comfyui/backends")) == 1


def test_a_wrong_address_is_said_in_a_sentence(page: Page) -> None:
    page.goto("/machines")
    page.get_by_role("button", name="Add a machine").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Nowhere")
    dialog.get_by_role("textbox", name="Address").fill("nowhere")
    dialog.get_by_role("button", name="Add machine").click()
    expect(dialog.get_by_text("The address must begin with http:// or https://.")).to_be_visible()
    dialog.get_by_role("textbox", name="Address").fill("http://127.0.0.1:9")
    dialog.get_by_role("button", name="Add machine").click()
    nowhere = page.get_by_role("listitem", name="Nowhere")
    expect(nowhere.get_by_text("Away", exact=True)).to_be_visible()
    expect(nowhere.get_by_text("ComfyUI at http://127.0.0.1:9 cannot be reached.")).to_be_visible()
    nowhere.get_by_role("button", name="Check now: Nowhere").click()
    expect(page.get_by_text("“Nowhere” does not answer.").first).to_be_visible()
