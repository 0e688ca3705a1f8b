"""Graphs made to be slow (RELIABILITY A45), each of about as many nodes or inputs as are asked for."""

from collections.abc import Callable
from typing import Any

from spoonfeeder.comfy.graph import Graph
from tests.comfy.graphs import node, sampler


def flat(nodes: int) -> Graph:
    return {str(number): sampler() for number in range(nodes)}


def ring_of_samplers(nodes: int) -> Graph:
    before = {str(number): [str((number + 1) % nodes), 0] for number in range(nodes)}
    return {name: sampler(latent_image=link, model=link, positive=link) for name, link in before.items()}


def reroutes(nodes: int) -> Graph:
    chain = {str(number): node("Reroute", any=[str(number + 1), 0]) for number in range(nodes // 2)}
    users = {
        f"s{n}": sampler(seed=["0", 0], steps=["0", 0], model=["0", 0], positive=["0", 0]) for n in range(nodes // 2)
    }
    return chain | {str(nodes // 2): node("PrimitiveInt", value=5)} | users


def loras(nodes: int) -> Graph:
    fields: dict[str, Any] = {"lora_name": "x", "strength_model": 1, "strength_clip": 1}
    chain = {
        str(n): node("LoraLoader", **fields, model=[str(n + 1), 0], clip=[str(n + 1), 1]) for n in range(nodes - 3)
    }
    ends = {
        str(nodes - 3): node("CheckpointLoaderSimple", ckpt_name="x"),
        "s": sampler(model=["0", 0], positive=["t", 0]),
    }
    return chain | ends | {"t": node("CLIPTextEncode", text="a", clip=["0", 1])}


def ring_of_switches(nodes: int) -> Graph:
    ring = {
        str(n): node("ComfySwitchNode", switch=[str((n + 1) % nodes), 0], on_true=[str((n + 1) % nodes), 0])
        for n in range(nodes)
    }
    return ring | {"s": sampler(model=["0", 0], positive=["0", 0], latent_image=["0", 0], steps=["0", 0])}


def texts(nodes: int) -> Graph:
    chain = {
        str(n): node("StringConcatenate", string_a=[str(n + 1), 0], string_b=[str(n + 2), 0]) for n in range(nodes)
    }
    encoders = {f"t{n}": node("CLIPTextEncode", text=["0", 0]) for n in range(nodes // 4)}
    return chain | encoders | {f"s{n}": sampler(positive=[f"t{n}", 0]) for n in range(nodes // 4)}


def ladder_of_conditioning(nodes: int) -> Graph:
    ladder = {
        str(n): node("ConditioningCombine", conditioning_1=[str(n + 1), 0], conditioning_2=[str(n + 2), 0])
        for n in range(nodes)
    }
    return ladder | {f"s{n}": sampler(positive=["0", 0], negative=["0", 1]) for n in range(nodes)}


def one_node(nodes: int) -> Graph:
    return {"1": node("KSampler", **{f"input{number}": ["1", 0] for number in range(nodes)})}


SHAPES: list[Callable[[int], Graph]] = [
    flat,
    ring_of_samplers,
    reroutes,
    loras,
    ring_of_switches,
    texts,
    ladder_of_conditioning,
    one_node,
]
