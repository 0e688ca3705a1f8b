"""What is worth keeping: projects, prompts and presets, and how they come back into the work."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, ComfyUIPage, undo_of

pytestmark = pytest.mark.browser


def test_a_project_keeps_together_what_belongs_together(page: Page, session_id: str, api: Api) -> None:
    loose = api.post("/comfyui/sessions", {"title": "Something else"})
    page.goto("/projects")
    page.get_by_role("button", name="New project").click()
    page.get_by_role("textbox", name="Name").fill("Café <b>posters</b>")
    page.get_by_role("radio", name="Purple").check()
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("heading", level=1, name="Café <b>posters</b>")).to_be_visible()
    sessions = page.get_by_role("region", name="Sessions")
    sessions.get_by_role("button", name="Add sessions").click()
    page.get_by_role("checkbox", name="Lighthouses").check()
    page.get_by_role("button", name="Add to the project").click()
    project = page.url
    sessions.get_by_role("link", name="Lighthouses").click()

    sidebar = page.get_by_role("navigation", name="Sessions")
    sidebar.get_by_role("combobox", name="Sessions of").select_option("Café <b>posters</b>")
    expect(sidebar.get_by_text("Something else")).to_have_count(0)
    page.reload()
    expect(sidebar.get_by_role("button", name="More for Lighthouses")).to_be_visible()
    sidebar.get_by_role("combobox", name="Sessions of").select_option("In no project")
    sidebar.get_by_role("button", name="More for Something else").click()
    page.get_by_role("menuitem", name="Move to a project").click()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.get_by_role("dialog").get_by_role("button", name="Café <b>posters</b>").click()
    expect(sidebar.get_by_text("Something else")).to_have_count(0)

    page.goto(project)
    expect(sessions.get_by_role("listitem")).to_have_count(2)
    sessions.get_by_role("button", name="Take “Something else” out of the project").click()
    expect(sessions.get_by_role("listitem")).to_have_count(1)
    expect(sessions.get_by_role("link", name="Lighthouses")).to_be_focused()
    page.get_by_role("button", name="Delete").click()
    undo = undo_of(page)
    expect(page.get_by_role("heading", level=1, name="Projects")).to_be_focused()
    card = page.get_by_role("main").get_by_role("listitem").filter(has_text="Café <b>posters</b>")
    assert card.count() == 0
    undo.click()
    expect(card.get_by_text("1 session · 0 conversations · 0 generations")).to_be_visible()
    assert api.get(f"/comfyui/sessions/{loose['id']}")["project_id"] is None
    assert api.get(f"/comfyui/sessions/{session_id}")["project_id"] is not None


def test_a_kept_prompt_is_filled_and_makes_a_picture(comfyui: ComfyUIPage, page: Page, session_id: str) -> None:
    box = page.get_by_role("textbox", name="Prompt", exact=True)
    comfyui.open(session_id)
    box.fill("a portrait of {subject} in {place}")
    page.get_by_role("button", name="Save prompt").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("{place}", exact=True)).to_be_visible()
    dialog.get_by_role("textbox", name="Name").fill("Portrait")
    dialog.get_by_role("button", name="Save prompt").click()
    expect(dialog).to_have_count(0)

    box.fill("something else")
    page.get_by_role("button", name="Prompts", exact=True).click()
    dialog.get_by_role("searchbox").fill("PORTRAIT of")
    dialog.get_by_role("button", name="Portrait").click()
    dialog.get_by_role("textbox", name="subject").fill("a {keeper}")
    dialog.get_by_role("button", name="Replace").click()
    expect(dialog.get_by_role("textbox", name="place")).to_be_focused()
    dialog.get_by_role("textbox", name="place").fill("Rome")
    dialog.get_by_role("button", name="Replace").click()
    expect(box).to_have_value("a portrait of a {keeper} in Rome")
    comfyui.generate("a portrait of a {keeper} in Rome", Steps=3)
    comfyui.expect_picture("a portrait of a {keeper} in Rome")

    page.goto("/prompts?q=portrait")
    card = page.get_by_role("listitem").filter(has_text="Portrait")
    expect(card.get_by_text("Used once")).to_be_visible()
    card.get_by_role("button", name="Use Portrait").click()
    dialog.get_by_role("textbox", name="subject").fill("a cat")
    dialog.get_by_role("textbox", name="place").fill("Oslo")
    dialog.get_by_role("button", name="Use in ComfyUI").click()
    expect(box).to_have_value("a portrait of a cat in Oslo")


def test_the_same_style_as_last_week_is_three_clicks(
    comfyui: ComfyUIPage, page: Page, session_id: str, api: Api
) -> None:
    steps = page.get_by_role("spinbutton", name="Steps")
    dialog = page.get_by_role("dialog")
    comfyui.open(session_id)
    steps.fill("7")
    page.get_by_role("button", name="Presets", exact=True).click()
    dialog.get_by_role("button", name="Save as preset").click()
    dialog.get_by_role("textbox", name="Name").fill("Film look")
    dialog.get_by_role("button", name="Save preset").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Reset all").click()
    expect(steps).not_to_have_value("7")
    page.get_by_role("textbox", name="Prompt", exact=True).fill("a new cup")

    page.get_by_role("button", name="Presets", exact=True).click()
    dialog.get_by_role("button", name="Film look").first.click()
    page.get_by_role("button", name="Generate", exact=True).click()

    comfyui.expect_picture("a new cup")
    (row,) = api.get(f"/comfyui/sessions/{session_id}")["generations"]
    assert row["parameters"]["steps"] == 7
    (preset,) = api.get("/presets")
    assert preset["used_count"] == 1
    page.reload()
    expect(page.get_by_role("button", name="Presets: Film look")).to_be_visible()


def test_a_preset_says_what_has_no_place_and_is_taken_back(
    comfyui: ComfyUIPage, page: Page, session_id: str, api: Api
) -> None:
    api.post("/presets", {"name": "For films", "parameters": {"steps": 4, "fps": 24}})
    steps = page.get_by_role("spinbutton", name="Steps")
    comfyui.open(session_id)
    steps.fill("9")
    page.goto("/presets")
    page.get_by_role("button", name="Use For films").click()
    undo = undo_of(page)
    expect(steps).to_have_value("4")
    expect(page.get_by_text("This workflow has no place for FPS.").first).to_be_visible()
    undo.click()
    expect(steps).to_have_value("9")
    page.get_by_role("button", name="Presets", exact=True).click()
    page.get_by_role("button", name="More for For films").click()
    page.get_by_role("menuitem", name="Update to the form").click()
    expect(page.get_by_text("“For films” is updated.").first).to_be_visible()
    assert api.get("/presets")[0]["parameters"] == {"steps": 9, "fps": 24}
