"""The page of a workflow: its graph, the same as a list, and its versions."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EXAMPLES, Api, undo_of

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 800}


@pytest.fixture
def workflow_id(api: Api) -> str:
    graph = (EXAMPLES / "txt2img.json").read_text()
    return str(api.post("/comfyui/workflows", {"name": "Lighthouse flow", "workflow_json": graph})["id"])


def change_steps(api: Api, workflow_id: str, steps: int) -> None:
    graph = json.loads(api.get(f"/comfyui/workflows/{workflow_id}")["workflow_json"])
    graph["3"]["inputs"]["steps"] = steps
    api.call("PATCH", f"/comfyui/workflows/{workflow_id}", {"workflow_json": json.dumps(graph)})


def test_a_workflow_is_seen_as_a_graph_and_read_as_a_list(page: Page, workflow_id: str) -> None:
    page.goto("/workflows")
    page.get_by_role("link", name="Lighthouse flow").click()
    graph = page.get_by_role("region", name="Graph of the workflow")
    nodes = graph.get_by_test_id("node-3")
    expect(nodes).to_be_visible()
    expect(graph.locator(".react-flow__edge")).to_have_count(9)
    graph.get_by_role("searchbox", name="Find a node").fill("ksampler")
    expect(graph.get_by_role("status").first).to_have_text("1 node")
    page.keyboard.press("Enter")
    chosen = graph.get_by_role("complementary", name="The chosen node")
    expect(chosen.get_by_text("node 3")).to_be_visible()
    expect(nodes).to_be_in_viewport()
    chosen.get_by_role("button", name="Positive").click()
    expect(chosen.get_by_text("a lighthouse on a cliff at dawn, oil painting")).to_be_visible()
    graph.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    expect(chosen.get_by_text("node 3")).to_be_visible()

    graph.get_by_role("button", name="List").click()
    rows = graph.get_by_role("list", name="Nodes").locator("> li")
    expect(rows).to_have_count(1)
    graph.get_by_role("searchbox", name="Find a node").fill("")
    expect(rows).to_have_count(7)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=PHONE["width"])


def test_what_a_version_changed_and_the_way_back(page: Page, workflow_id: str, api: Api) -> None:
    change_steps(api, workflow_id, 9)
    page.goto(f"/workflows/{workflow_id}?show=versions")
    difference = page.get_by_role("region", name="Difference")
    expect(difference.get_by_role("list", name="What differs")).to_contain_text("20 → 9")
    expect(difference.get_by_test_id("node-3")).to_contain_text("steps 20 → 9")
    page.get_by_role("button", name="Go back to version 1").click()
    expect(page.get_by_text("version 3 · imported")).to_be_visible()
    assert json.loads(api.get(f"/comfyui/workflows/{workflow_id}")["workflow_json"])["3"]["inputs"]["steps"] == 20
    expect(difference.get_by_role("list", name="What differs")).to_contain_text("9 → 20")


def test_a_workflow_is_described_used_and_deleted(page: Page, workflow_id: str) -> None:
    page.goto(f"/workflows/{workflow_id}")
    page.get_by_role("button", name="Describe it").click()
    page.get_by_role("textbox", name="Description").fill("For the lighthouses.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("For the lighthouses.")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="API (JSON)").click()
    assert "KSampler" in download.value.path().read_text()
    page.get_by_role("button", name="Use in a session").click()
    expect(page.get_by_role("navigation", name="Sessions").get_by_text("Lighthouse flow")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("region", name="Graph of the workflow")).to_be_visible()
    page.get_by_role("button", name="More for Lighthouse flow").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    undo = undo_of(page)
    expect(page.get_by_role("heading", name="No workflows yet")).to_be_visible()
    undo.click()
    expect(page.get_by_role("link", name="Lighthouse flow")).to_be_visible()
