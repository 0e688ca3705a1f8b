"""Many pictures at once: sweeps, variations, and the grids that they make."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Api, ComfyUIPage, NewPage, undo_of
from tests.embedded.processes import wait_for

pytestmark = pytest.mark.browser

SMALL = {"steps": 2, "width": 64, "height": 64}
SLOTS = 2
"""What ComfyUI runs at once (COMFYUI_SLOTS)."""
SLOW_STEPS = 4_000
"""As long as nobody cancels it, for any patience."""


def start_sweep(api: Api, session_id: str, axes: list[dict[str, object]], **parameters: int) -> str:
    base = {"prompt_text": "a lighthouse", "parameters": SMALL | parameters}
    batch = api.post(f"/comfyui/sessions/{session_id}/sweep", {"base": base, "axes": axes})
    return str(batch["id"])


def start_slow(api: Api, session_id: str) -> str:
    """Takes a slot of ComfyUI until it is cancelled."""
    asked = {"prompt_text": "in front", "parameters": SMALL | {"steps": SLOW_STEPS}}
    return str(api.post(f"/comfyui/sessions/{session_id}/generate", asked)["id"])


def cell(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}: "))


def add_axis(page: Page, label: str) -> Locator:
    """Chooses what shall vary; its fields."""
    dialog = page.get_by_role("dialog", name="Sweep")
    dialog.get_by_role("combobox", name=re.compile("^(What|And what)")).click()
    page.get_by_role("option", name=label, exact=True).click()
    return dialog.get_by_role("group", name=label, exact=True)


def expect_pictures_loaded(table: Locator, count: int) -> None:
    pictures = table.locator("img")
    expect(pictures).to_have_count(count)
    for place in range(count):
        pictures.nth(place).scroll_into_view_if_needed()
        expect(pictures.nth(place)).not_to_have_js_property("naturalWidth", 0)


def test_a_sweep_of_20_with_one_cancelled_shows_the_other_19(
    comfyui: ComfyUIPage, page: Page, session_id: str, api: Api
) -> None:
    in_front = [start_slow(api, session_id) for _ in range(SLOTS)]
    comfyui.open(session_id)
    page.get_by_role("button", name=re.compile("^Settings")).click()
    for name in ("Width", "Height"):
        page.get_by_role("spinbutton", name=name).fill("64")
    page.get_by_role("button", name="Sweep…").click()
    steps = add_axis(page, "Steps")
    steps.get_by_label("From").fill("1")
    steps.get_by_label("To", exact=True).fill("4")
    seeds = add_axis(page, "Seed")
    seeds.get_by_label("Given as").select_option("These seeds")
    seeds.get_by_label("Values").fill("1 2 3 4 x")
    dialog = page.get_by_role("dialog", name="Sweep")
    expect(dialog.get_by_text("“x” is no whole number.")).to_be_visible()
    seeds.get_by_label("Values").fill("1 2 3 4 5")
    expect(dialog.get_by_text(re.compile(r"4 . 5 = 20"))).to_be_visible()
    dialog.get_by_role("button", name="Queue 20 pictures").click()
    page.get_by_role("button", name="Show the grid").click()

    last = cell(page, "Steps 4, Seed 5")
    last.focus()
    page.get_by_role("button", name="More for Steps 4, Seed 5").click()
    page.get_by_role("menuitem", name="Cancel").click()
    expect(page.get_by_text("1 cancelled")).to_be_visible()
    for generation_id in in_front:
        api.post(f"/comfyui/generations/{generation_id}/cancel")
    expect(page.get_by_text("19 of 20 done, 1 cancelled")).to_be_visible(timeout=120_000)
    expect(last).to_have_accessible_name("Steps 4, Seed 5: Cancelled")
    table = page.get_by_role("table", name="Pictures")
    expect_pictures_loaded(table, 19)
    assert table.get_by_role("columnheader").all_inner_texts()[1:] == ["1", "2", "3", "4", "5"]
    (batch,) = api.get("/comfyui/batches")
    rows = api.get(f"/comfyui/generations?batch_id={batch['id']}&limit=50")
    shown = {(row["steps"], row["seed"]): row["status"] for row in rows}
    assert len(shown) == 20
    assert shown.pop((4, 5)) == "cancelled"
    assert set(shown.values()) == {"completed"}


def test_cancel_all_ends_what_waits_and_runs(page: Page, session_id: str, api: Api) -> None:
    axes: list[dict[str, object]] = [{"parameter": "seed", "values": [1, 2, 3, 4, 5, 6]}]
    batch_id = start_sweep(api, session_id, axes, steps=SLOW_STEPS)
    page.goto("/batches")
    page.get_by_role("link", name="Sweep: Seed").click()
    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_role("button", name=re.compile("^Release "))).to_be_visible()
    page.get_by_role("button", name="Cancel all").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel all").click()
    expect(page.get_by_text("0 of 6 done, 6 cancelled")).to_be_visible()
    expect(cell(page, "Seed 6")).to_have_accessible_name("Seed 6: Cancelled")
    expect(page.get_by_role("button", name="Cancel all")).to_have_count(0)
    assert api.get(f"/comfyui/batches/{batch_id}")["cancelled"] == 6
    page.get_by_role("button", name="Delete").click()
    undo = undo_of(page)
    expect(page.get_by_role("heading", name="No batches yet")).to_be_visible()
    undo.click()
    expect(page.get_by_role("link", name="Sweep: Seed")).to_be_visible()


def test_the_best_of_a_batch_is_found_by_keyboard_and_kept(page: Page, session_id: str, api: Api) -> None:
    start_sweep(
        api, session_id, [{"parameter": "cfg_scale", "values": [3, 5]}, {"parameter": "seed", "values": [7, 8]}]
    )
    page.goto("/batches")
    page.get_by_role("link", name=re.compile("Sweep: CFG . Seed")).click()
    expect(page.get_by_text("4 of 4 done")).to_be_visible()
    cell(page, "CFG 3, Seed 7").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    best = cell(page, "CFG 5, Seed 8")
    expect(best).to_be_focused()
    page.keyboard.press("f")
    expect(best).to_have_accessible_name("CFG 5, Seed 8: Completed, favorite")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="a lighthouse").locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(best).to_be_focused()
    page.get_by_role("button", name="More for CFG 5, Seed 8").click()
    page.get_by_role("menuitem", name="Keep this one").click()
    expect(page.get_by_role("textbox", name="Seed")).to_have_value("8")
    expect(page.get_by_role("spinbutton", name="CFG scale")).to_have_value("5")


def test_variations_of_a_picture(comfyui: ComfyUIPage, page: Page, session_id: str, api: Api) -> None:
    api.post(f"/comfyui/sessions/{session_id}/generate", {"prompt_text": "more of this", "parameters": SMALL})
    comfyui.open(session_id)
    comfyui.expect_picture("more of this")
    comfyui.cards.get_by_role("button", name="Variations…").click()
    dialog = page.get_by_role("dialog", name="Variations")
    dialog.get_by_role("spinbutton", name="How many").fill("3")
    dialog.get_by_role("button", name="Queue 3 variations").click()
    expect(page.get_by_text("3 variations are queued.").first).to_be_visible()
    comfyui.cards.last.get_by_role("button", name="Variations…").click()
    dialog.get_by_role("spinbutton", name="How many").fill("3")
    dialog.get_by_role("button", name="Queue 3 variations").click()
    expect(dialog).to_have_count(0)
    assert len(api.get("/comfyui/batches")) == 2
    page.get_by_role("button", name="Show the grid").first.click()
    expect(page.get_by_role("heading", name="3 variations")).to_be_visible()
    expect(page.get_by_text("3 of 3 done")).to_be_visible()
    expect_pictures_loaded(page.get_by_role("list", name="Pictures"), 3)


def test_a_deleted_batch_leaves_its_session_and_comes_back(new_page: NewPage, session_id: str, api: Api) -> None:
    comfyui = ComfyUIPage(new_page(viewport={"width": 1280, "height": 4_000}))  # cards out of sight are not there
    asked = {"prompt_text": "a lighthouse", "parameters": {"steps": 2, "width": 64, "height": 64}}
    first = api.post(f"/comfyui/sessions/{session_id}/generate", asked)
    batch = api.post(f"/comfyui/generations/{first['id']}/variations", {"count": 2})
    wait_for(lambda: bool(api.get(f"/comfyui/batches/{batch['id']}")["completed"] == 2), 60)
    comfyui.open(session_id)
    expect(comfyui.connection).to_have_text("Live")
    expect(comfyui.pictures).to_have_count(3)
    api.call("DELETE", f"/comfyui/batches/{batch['id']}")
    expect(comfyui.pictures).to_have_count(1)
    api.post(f"/comfyui/batches/{batch['id']}/restore")
    expect(comfyui.pictures).to_have_count(3)


def test_many_are_queued_at_once_although_the_window_is_closed(comfyui: ComfyUIPage, session_id: str, api: Api) -> None:
    comfyui.open(session_id)
    comfyui.page.get_by_role("spinbutton", name="How many").fill("200")
    comfyui.generate("all night")
    expect(comfyui.page.get_by_text("waiting or running in this session")).to_be_visible()
    comfyui.page.close()
    [batch] = api.get(f"/comfyui/batches?session_id={session_id}")
    assert batch["total"] == 199
    rows = api.get(f"/comfyui/generations?session_id={session_id}&limit=200")
    assert len({row["seed"] for row in rows}) == 200
