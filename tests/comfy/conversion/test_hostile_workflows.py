"""Workflows made to be slow or to break: converted with work that grows as they do, or refused with one error."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spoonfeeder.comfy.conversion.convert import convert
from spoonfeeder.comfy.graph import GraphError
from tests.comfy.conversion import corpus
from tests.comfy.conversion.sketches import CLASSES, drawn, node, slot, subgraph, widget, with_subgraphs
from tests.comfy.test_hostile_graphs import DOUBLE, growth

Workflow = dict[str, Any]
NAMES = corpus.names("sound") + corpus.names("drift") + corpus.names("contested") + corpus.names("missing_types")
SCALARS: list[Any] = [None, True, -1, 0, 2**70, 10**400, 1.5, float("nan"), "", "x", "-10", "\ud800", "__proto__"]
JUNK: st.SearchStrategy[Any] = st.sampled_from([*SCALARS, [], {}, [[]], {"a": {}}])


def reroutes(size: int) -> Workflow:
    chain = [node(n, "Reroute", inputs=[slot("", n, "*")]) for n in range(1, size)]
    users = [node(size + n, "Taker", inputs=[slot("source", size + n, f"T{n}")]) for n in range(size)]
    links = [[n, n - 1, 0, n, 0, "*"] for n in range(1, size)]
    return drawn(
        node(0, "Make"), *chain, *users, links=[*links, *([size + n, size - 1, 0, size + n, 0] for n in range(size))]
    )


def bypassed(size: int) -> Workflow:
    workflow = reroutes(size)
    for each in workflow["nodes"][1:size]:
        each.update(type="Odd", mode=4, inputs=[slot("a", each["id"], "I,J")], outputs=[slot("o")])
    return workflow


def one_bypassed(size: int) -> Workflow:
    wide = node(0, "Odd", mode=4, inputs=[slot(f"a{n}", kind=f"K{n}") for n in range(size)], outputs=[slot("o")])
    users = [node(n, "Taker", inputs=[slot("source", n, f"T{n}")]) for n in range(1, size)]
    return drawn(wide, *users, links=[[n, 0, 0, n, 0] for n in range(1, size)])


def ring(size: int) -> Workflow:
    nodes = [node(n, "Reroute", inputs=[slot("", n, "*")]) for n in range(size)]
    users = [node(size + n, "Any", inputs=[slot("source", size + n, "*")]) for n in range(size)]
    links = [[n, (n + 1) % size, 0, n, 0] for n in range(size)]
    return drawn(*nodes, *users, links=[*links, *([size + n, n, 0, size + n, 0] for n in range(size))])


def promoted(size: int) -> Workflow:
    inner = [node(n, "Make", [n], inputs=[widget("width", n)]) for n in range(size)]
    told = subgraph("in", inner, [[n, -10, n, n, 0] for n in range(size)], [slot(f"w{n}") for n in range(size)], [])
    proxies = [[str(n), "width"] for n in range(size)]
    return with_subgraphs(drawn(node(1, "in", list(range(size)), properties={"proxyWidgets": proxies})), told)


def grouped(size: int) -> Workflow:
    nodes = [
        {"index": n, "type": "Make", "inputs": [widget("width", None)], "outputs": [slot("o")]} for n in range(size)
    ]
    return drawn(node(1, "workflow>G", list(range(size))), extra={"groupNodes": {"G": {"nodes": nodes, "links": []}}})


def texts(size: int) -> Workflow:
    prompts = [node(n, "Text", [part * size]) for n, part in enumerate(("{", "{a|", "/*", "//", "\\", "|}"))]
    return drawn(*prompts, node(9, "Save", ["%a.b" * size]))


def same_ids(size: int) -> Workflow:
    return drawn(*(node(1, "Make") for _ in range(size)))


@pytest.mark.parametrize("make", [reroutes, bypassed, one_bypassed, ring, promoted, grouped, texts, same_ids])
def test_no_shape_is_slow(make: Callable[[int], Workflow]) -> None:
    assert growth(lambda workflow: convert(workflow, CLASSES), make, 100) < DOUBLE


def nested(levels: int, each: int, mode: int = 0) -> Workflow:
    definitions = [
        subgraph(f"s{n}", [node(k, f"s{n + 1}", mode=mode) for k in range(each)], [], [], []) for n in range(levels)
    ]
    return with_subgraphs(drawn(node(1, "s0")), *definitions, subgraph(f"s{levels}", [], [], [], []))


def many_places(value: Any) -> Workflow:
    inner = [node(n, "Line", inputs=[widget("text", n)]) for n in range(3000)]
    told = subgraph("in", inner, [[n, -10, 0, n, 0] for n in range(3000)], [slot("text")], [])
    return with_subgraphs(drawn(node(1, "in", [value])), told)


def deep_list() -> Any:
    found: Any = []
    for _ in range(5000):
        found = [found]
    return found


REFUSED: dict[str, Callable[[], Any]] = {
    "no object": list,
    "no nodes": dict,
    "a node that is none": lambda: drawn(7),  # type: ignore[arg-type]
    "no id": lambda: drawn(node(None, "Make")),
    "an id of 5,000 digits": lambda: drawn(node(10**5000, "Make")),
    "an id of a megabyte": lambda: drawn(node("x" * 1_000_000, "Make")),
    "no type": lambda: drawn(node(1, "")),
    "100,000 nodes": lambda: drawn(*(node(n, "Make") for n in range(100_000))),
    "a subgraph in itself": lambda: with_subgraphs(drawn(node(1, "s")), subgraph("s", [node(1, "s")], [], [], [])),
    "a loop of subgraphs": lambda: with_subgraphs(
        drawn(node(1, "a")),
        subgraph("a", [node(1, "b", mode=4)], [], [], []),
        subgraph("b", [node(1, "a")], [], [], []),
    ),
    "2 to the 30th subgraphs": lambda: nested(30, 2),
    "as many bypassed": lambda: nested(30, 2, mode=4),
    "60 levels": lambda: nested(60, 1),
    "a group in itself": lambda: drawn(
        node(1, "workflow>G"), extra={"groupNodes": {"G": {"nodes": [{"type": "workflow>G"}]}}}
    ),
    "a megabyte in 3,000 places": lambda: many_places("x" * 1_000_000),
    "a list of 100,000 in 3,000 places": lambda: many_places([0] * 100_000),
    "a title of a megabyte in 100 places": lambda: with_subgraphs(
        drawn(*(node(n, "s") for n in range(100))),
        subgraph("s", [node(1, "Make", title="x" * 1_000_000)], [], [], []),
    ),
    "names of files in names of files": lambda: drawn(
        node(1, "Line", ["x" * 100_000], title="A"), node(2, "Save", ["%A.text%" * 1000])
    ),
    "5,000 levels of lists": lambda: drawn(node(1, "Make", [deep_list()])),
    "half a character": lambda: drawn(node(1, "Line", ["\ud800"])),
    "a number that no database holds": lambda: drawn(node(1, "Make", [10**400])),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(GraphError) as refused:
        convert(REFUSED[name](), CLASSES)

    assert refused.value.message.endswith(".")
    assert len(refused.value.message) < 400


@st.composite
def spoilt(draw: st.DrawFn) -> Workflow:
    """A real workflow with a few values anywhere in it replaced, taken out or moved."""
    workflow: Workflow = json.loads(json.dumps(corpus.workflow(draw(st.sampled_from(NAMES)))))
    for _ in range(draw(st.integers(1, 6))):
        holder: Any = workflow
        for _ in range(draw(st.integers(0, 9))):
            inner = [
                each
                for each in (holder.values() if isinstance(holder, dict) else holder)
                if isinstance(each, dict | list) and each
            ]
            if not inner:
                break
            holder = inner[draw(st.integers(0, len(inner) - 1))]
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = keys[draw(st.integers(0, len(keys) - 1))]
        holder[key] = (
            draw(JUNK | st.just(holder) if key != "nodes" else JUNK) if draw(st.booleans()) else holder[keys[0]]
        )
    return workflow


@given(spoilt())
@settings(max_examples=120, deadline=None)
def test_whatever_is_spoilt_in_a_workflow_is_converted_or_refused(workflow: Workflow) -> None:
    try:
        graph = convert(workflow, corpus.object_info()).graph
    except GraphError:
        return
    assert all(isinstance(each["inputs"], dict) and each["class_type"] for each in graph.values())
    assert json.dumps(graph, allow_nan=False)
