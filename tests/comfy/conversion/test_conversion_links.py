"""Links, rule by rule: reroutes, muted and bypassed nodes, tables that disagree with slots."""

from typing import Any

import pytest

from tests.comfy.conversion.sketches import conversion, drawn, inputs, node, slot, widget

IMAGES = [slot("IMAGE"), slot("MASK", kind="MASK")]
LINK = [1, 1, 0, 9, 0, "IMAGE"]


def save(link: Any = 1) -> dict[str, Any]:
    return node(9, "Save", ["x"], inputs=[slot("images", link)])


def images(workflow: dict[str, Any]) -> Any:
    return inputs(workflow, "9").get("images")


def test_both_shapes_of_links_and_ids() -> None:
    told = {"id": "l", "origin_id": "make", "origin_slot": 0, "target_id": 9, "target_slot": 0, "type": "IMAGE"}
    workflow = drawn(node("make", "Make"), save("l"), links=[told], version=1)

    assert images(workflow) == ["make", 0]


@pytest.mark.parametrize(
    ("link", "table", "expected"),
    [
        (None, [LINK], ["1", 0]),
        (77, [], None),
        (77, [LINK], ["1", 0]),
        (2, [LINK, [2, 8, 0, 9, 0, "IMAGE"], [3, 1, 1, 9, 0, "IMAGE"]], ["8", 0]),
        (1, [None, [], "x", LINK], ["1", 0]),
        (1, [[1, 1, 7, 9, 0, -1]], ["1", 7]),
        (1, [[1, 5, 0, 9, 0, "IMAGE"]], None),
    ],
)
def test_the_table_and_the_slots(link: Any, table: list[Any], expected: Any) -> None:
    assert images(drawn(node(1, "Make"), node(8, "Make"), save(link), links=table)) == expected


@pytest.mark.parametrize(("mode", "runs"), [(0, True), (1, True), (2, False), (3, True), (4, False)])
def test_modes(mode: int, runs: bool) -> None:
    workflow = drawn(node(1, "Make", mode=mode, outputs=IMAGES), save(), links=[LINK])

    assert ("1" in conversion(workflow).graph) is runs
    assert images(workflow) == (["1", 0] if runs else None)


def test_a_widget_has_its_own_value_where_its_link_leads_to_nothing() -> None:
    workflow = drawn(
        node(1, "Make", [64], inputs=[widget("width", 1)]), node(2, "Make", mode=2), links=[[1, 2, 0, 1, 0, "INT"]]
    )

    assert inputs(workflow, "1") == {"width": 64}


def test_slots_are_known_by_their_names() -> None:
    workflow = drawn(
        node(1, "Make"),
        node(2, "Sample", [7], inputs=[slot("gone", 1), widget("steps", 2), slot("image", 3)]),
        links=[[1, 1, 0, 2, 0, "X"], [2, 1, 1, 2, 1, "INT"], [3, 1, 0, 2, 2, "IMAGE"]],
    )

    found = inputs(workflow, "2")

    assert (found["gone"], found["steps"], found["image"]) == (["1", 0], ["1", 1], ["1", 0])


@pytest.mark.parametrize(
    ("modes", "expected"), [((0, 0), ["1", 0]), ((4, 0), ["1", 0]), ((0, 2), None), ((2, 4), None)]
)
def test_reroutes(modes: tuple[int, int], expected: Any) -> None:
    workflow = drawn(
        node(1, "Make"),
        node(2, "Reroute", inputs=[slot("", 2, "*")], mode=modes[0]),
        node(3, "Reroute", inputs=[slot("", 3, "*")], mode=modes[1]),
        node(4, "Note", ["x"]),
        save(),
        links=[[2, 1, 0, 2, 0, "*"], [3, 2, 0, 3, 0, "*"], [1, 3, 0, 9, 0, "IMAGE"]],
    )

    assert images(workflow) == expected
    assert set(conversion(workflow).graph) == {"1", "9"}


def test_loops_lead_to_nothing() -> None:
    workflow = drawn(
        node(2, "Reroute", inputs=[slot("", 2, "*")]),
        node(3, "Any", mode=4, inputs=[slot("source", 3, "*")], outputs=[slot("o", kind="*")]),
        save(),
        links=[[2, 3, 0, 2, 0, "*"], [3, 2, 0, 3, 0, "*"], [1, 3, 0, 9, 0, "IMAGE"]],
    )

    assert images(workflow) is None


@pytest.mark.parametrize(
    ("kinds", "output", "wanted", "expected"),
    [
        (["IMAGE", "MASK"], 0, "IMAGE", 0),
        (["MASK", "IMAGE"], 0, "IMAGE", 1),
        (["IMAGE", "IMAGE"], 1, "MASK", None),
        (["LATENT", "IMAGE,MASK", "IMAGE"], 0, "IMAGE", 2),
        (["LATENT", "IMAGE,MASK"], 0, "IMAGE", 1),
        (["LATENT", "*"], 0, "IMAGE", 1),
        (["LATENT", "MASK"], 0, "*", 0),
        (["LATENT"], 1, "*", 0),
        (["LATENT", "IMAGE"], 0, "VAE", None),
    ],
)
def test_which_input_a_bypassed_node_passes_on(
    kinds: list[str], output: int, wanted: str, expected: int | None
) -> None:
    sources = [node(10 + place, "Make") for place in range(len(kinds))]
    slots = [slot(f"in{place}", 20 + place, kind) for place, kind in enumerate(kinds)]
    workflow = drawn(
        *sources,
        node(1, "Odd", mode=4, inputs=slots, outputs=IMAGES),
        node(9, "Taker", inputs=[slot("images", 1, wanted)]),
        links=[[1, 1, output, 9, 0, wanted], *([20 + n, 10 + n, 0, 1, n, kind] for n, kind in enumerate(kinds))],
    )

    assert images(workflow) == (None if expected is None else [str(10 + expected), 0])


def test_the_input_that_a_bypassed_node_chooses_is_final() -> None:
    workflow = drawn(
        node(5, "Make"),
        node(1, "Odd", mode=4, inputs=[slot("first"), slot("second", 2)], outputs=IMAGES),
        save(),
        links=[LINK, [2, 5, 0, 1, 1, "IMAGE"]],
    )

    assert images(workflow) is None


def test_the_definition_orders_the_inputs_of_a_bypassed_node() -> None:
    listed = [slot("extra", 2), widget("seed", 3), slot("image", 4)]
    workflow = drawn(
        node(5, "Make"),
        node(1, "Sample", mode=4, inputs=listed, outputs=[slot("IMAGE")]),
        save(),
        links=[LINK, [2, 5, 2, 1, 0, "IMAGE"], [3, 5, 3, 1, 1, "INT"], [4, 5, 4, 1, 2, "IMAGE"]],
    )

    assert images(workflow) == ["5", 4]


def test_what_is_wanted_of_a_bypassed_node_is_what_the_definition_takes() -> None:
    workflow = drawn(
        node(5, "Make"),
        node(1, "Odd", mode=4, inputs=[slot("a", 2, "LATENT"), slot("b", 3)], outputs=IMAGES),
        node(9, "Save", ["x"], inputs=[slot("images", 1, "*")]),
        links=[LINK, [2, 5, 2, 1, 0, "LATENT"], [3, 5, 3, 1, 1, "IMAGE"]],
    )

    assert images(workflow) == ["5", 3]


def test_nothing_to_run_is_an_empty_graph() -> None:
    assert conversion(drawn(node(1, "Make", mode=2), node(2, "MarkdownNote"))).graph == {}
