"""Any workflow: how it comes in, what is said of it before it runs, and how it is mended."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import EXAMPLES, Api, ComfyUIPage

pytestmark = pytest.mark.browser

SAVE, SAMPLER, LOADER = "9", "3", "4"


def graph() -> dict[str, Any]:
    made: dict[str, Any] = json.loads((EXAMPLES / "txt2img.json").read_text())
    return made


def import_file(page: Page, path: Path) -> Locator:
    """The dialog, after the file was handed over."""
    page.get_by_role("button", name="Import", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(path)
    dialog.get_by_role("button", name="Import", exact=True).click()
    return dialog


def test_a_picture_with_a_workflow_that_is_here_already(
    comfyui: ComfyUIPage, page: Page, api: Api, tmp_path: Path
) -> None:
    made = api.post("/comfyui/workflows", {"name": "Lighthouse", "workflow_json": graph()})
    comfyui.open()
    picture = page.request.get(f"/api/comfyui/workflows/{made['id']}/export?format=png")
    (tmp_path / "found.png").write_bytes(picture.body())
    dialog = import_file(page, tmp_path / "found.png")
    expect(dialog.get_by_text("The same graph is here already, as “Lighthouse”.")).to_be_visible()
    dialog.get_by_role("button", name="Use that one").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Workflow: Lighthouse")).to_be_visible()
    assert [row["name"] for row in api.get("/comfyui/workflows")] == ["Lighthouse"]


def test_a_missing_model_is_seen_before_the_run_and_mended_by_a_click(
    comfyui: ComfyUIPage, page: Page, tmp_path: Path
) -> None:
    wrong = graph()
    wrong[LOADER]["inputs"]["ckpt_name"] = "sd_xl_bas.safetensors"
    wrong[SAMPLER]["inputs"]["sampler_name"] = "eular"
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))
    comfyui.open()
    expect(import_file(page, tmp_path / "wrong.json")).to_be_hidden()

    page.get_by_role("button", name="2 problems").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="This cannot run yet")).to_be_visible()
    expect(dialog.get_by_text("is not on this ComfyUI")).to_be_visible()
    dialog.get_by_role("button", name="Use sd_xl_base_1.0.safetensors").click()
    expect(page.get_by_role("button", name="1 problem", include_hidden=True)).to_be_attached()
    dialog.get_by_role("button", name="Use euler", exact=True).click()
    expect(dialog.get_by_text("Nothing stands in its way any more.")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()
    expect(page.get_by_role("combobox", name="Checkpoint")).to_have_text("sd_xl_base_1.0.safetensors")
    comfyui.generate("a mended lighthouse")
    comfyui.expect_picture("a mended lighthouse")


def test_nodes_that_nobody_knows_are_named_and_can_be_set(comfyui: ComfyUIPage, page: Page, tmp_path: Path) -> None:
    strange = graph()
    strange["77"] = {
        "class_type": "MagicUpscaler",
        "inputs": {"image": strange[SAVE]["inputs"]["images"], "strength": 0.5},
        "_meta": {"title": "My magic"},
    }
    strange[SAVE]["inputs"]["images"] = ["77", 0]
    (tmp_path / "strange.json").write_text(json.dumps(strange))
    comfyui.open()
    dialog = import_file(page, tmp_path / "strange.json")
    expect(dialog.get_by_role("list", name="Missing classes")).to_have_text("MagicUpscaler")
    dialog.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="1 problem")).to_be_visible()

    page.get_by_role("button", name="All other parameters").click()
    expect(page.get_by_role("button", name="My magic MagicUpscaler, 77")).to_be_visible()
    expect(page.get_by_text("not on this ComfyUI")).to_be_visible()
    strength = page.get_by_label("strength")
    strength.fill("0.75")
    page.get_by_role("button", name="Reset all of My magic").click()
    expect(strength).to_have_value("0.5")
