"""RELIABILITY A45: graphs made to be slow or to break; either refused or read within the time."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from spoonfeeder.comfy.graph import Graph, GraphError, parse
from spoonfeeder.comfy.links import problems
from spoonfeeder.comfy.parameters import extract
from spoonfeeder.comfy.plan import plan
from tests.comfy.graphs import node, sampler

NODES = 3_000
EXTRACTION_SECONDS = 0.2
# Anything quadratic takes minutes with this many nodes.
PLAN_SECONDS = 5.0


def flat() -> Graph:
    return {str(number): sampler() for number in range(NODES)}


def ring_of_samplers() -> Graph:
    before = {str(number): [str((number + 1) % NODES), 0] for number in range(NODES)}
    return {name: sampler(latent_image=link, model=link, positive=link) for name, link in before.items()}


def reroutes() -> Graph:
    chain = {str(number): node("Reroute", any=[str(number + 1), 0]) for number in range(NODES // 2)}
    users = {
        f"s{n}": sampler(seed=["0", 0], steps=["0", 0], model=["0", 0], positive=["0", 0]) for n in range(NODES // 2)
    }
    return chain | {str(NODES // 2): node("PrimitiveInt", value=5)} | users


def loras() -> Graph:
    fields: dict[str, Any] = {"lora_name": "x", "strength_model": 1, "strength_clip": 1}
    chain = {
        str(n): node("LoraLoader", **fields, model=[str(n + 1), 0], clip=[str(n + 1), 1]) for n in range(NODES - 3)
    }
    ends = {
        str(NODES - 3): node("CheckpointLoaderSimple", ckpt_name="x"),
        "s": sampler(model=["0", 0], positive=["t", 0]),
    }
    return chain | ends | {"t": node("CLIPTextEncode", text="a", clip=["0", 1])}


def ring_of_switches() -> Graph:
    ring = {
        str(n): node("ComfySwitchNode", switch=[str((n + 1) % NODES), 0], on_true=[str((n + 1) % NODES), 0])
        for n in range(NODES)
    }
    return ring | {"s": sampler(model=["0", 0], positive=["0", 0], latent_image=["0", 0], steps=["0", 0])}


def texts() -> Graph:
    chain = {
        str(n): node("StringConcatenate", string_a=[str(n + 1), 0], string_b=[str(n + 2), 0]) for n in range(NODES)
    }
    encoders = {f"t{n}": node("CLIPTextEncode", text=["0", 0]) for n in range(NODES // 4)}
    return chain | encoders | {f"s{n}": sampler(positive=[f"t{n}", 0]) for n in range(NODES // 4)}


def ladder_of_conditioning() -> Graph:
    ladder = {
        str(n): node("ConditioningCombine", conditioning_1=[str(n + 1), 0], conditioning_2=[str(n + 2), 0])
        for n in range(NODES)
    }
    return ladder | {f"s{n}": sampler(positive=["0", 0], negative=["0", 1]) for n in range(NODES)}


def one_node() -> Graph:
    return {"1": node("KSampler", **{f"input{number}": ["1", 0] for number in range(NODES)})}


@pytest.mark.parametrize(
    "make", [flat, ring_of_samplers, reroutes, loras, ring_of_switches, texts, ladder_of_conditioning, one_node]
)
def test_no_shape_is_slow_and_nothing_loops(make: Callable[[], Graph]) -> None:
    graph = parse(json.dumps(make()))
    begin = time.thread_time()
    extract(graph)
    assert time.thread_time() - begin < EXTRACTION_SECONDS
    begin = time.thread_time()
    planned = plan(graph, parameters={"steps": 9, "loras": ["a", "b"]}, prompt_text="x")
    problems(graph)
    assert time.thread_time() - begin < PLAN_SECONDS
    assert graph == make()
    assert len(planned.graph) > 0


@pytest.mark.parametrize(
    "graph",
    [
        {str(number): node("X") for number in range(100_000)},
        {str(number): node("X") for number in range(20_001)},
        {"1": node("X", list=[0] * 600_000)},
    ],
    ids=["100k nodes", "20,001 nodes", "600k values"],
)
def test_too_much_is_refused(graph: Graph) -> None:
    with pytest.raises(GraphError):
        parse(graph)
    with pytest.raises(GraphError):
        parse(json.dumps(graph))


def test_a_text_of_8_mb_is_kept() -> None:
    graph = {"1": node("CLIPTextEncode", text="ä" * 4_000_000)}
    assert parse(json.dumps(graph, ensure_ascii=False)) == graph
