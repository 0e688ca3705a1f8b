"""Variations of one generation: the same graph with other seeds."""

from typing import Any

import pytest

from tests.features.generations.batches.asking import children, graph_of, vary
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")
TXT2IMG = workflow("txt2img_sd15")
SAMPLER = next(node_id for node_id, node in TXT2IMG.items() if node["class_type"] == "KSampler")
LAST = 2**64 - 1
STEPS = [
    (5, {}, [6, 7, 8]),
    (5, {"seed_step": 10}, [15, 25, 35]),
    (5, {"seed_step": -3}, [2, LAST, LAST - 3]),
    (LAST - 1, {}, [LAST, 0, 1]),
    (2**53, {"seed_step": 1}, [2**53 + 1, 2**53 + 2, 2**53 + 3]),
    (0, {"seedStep": 2**62}, [2**62, 2**63, 3 * 2**62]),
]


@pytest.mark.parametrize(("own", "wish", "seeds"), STEPS)
async def test_seeds_in_steps(app: Application, own: int, wish: dict[str, Any], seeds: list[int]) -> None:
    base = await app.generate(await app.session(), workflow_json=TXT2IMG, parameters={"seed": own})
    made = await vary(app, base["id"], count=3, **wish)
    rows = await children(app, made["id"])
    assert [int(row["seed"]) for row in rows] == seeds
    assert [row["batch_coordinates"] for row in rows] == [{"seed": row["seed"]} for row in rows]
    graphs = [await graph_of(app, row["id"]) for row in rows]
    assert [graph[SAMPLER]["inputs"]["seed"] for graph in graphs] == seeds


async def test_everything_else_stays(app: Application) -> None:
    session_id = await app.session(TXT2IMG)
    told = {"cfg": 3.5, "fps": 12, f"{SAMPLER}.steps": 9, f"{SAMPLER}.seed": 77, "loras": ["detail"]}
    base = await app.generate(session_id, prompt_text="a fox", negative_prompt="blur", parameters=told, priority=-3)
    made = await vary(app, base["id"], count=2)
    assert (made["kind"], made["base_generation_id"], made["session_id"]) == ("variations", base["id"], session_id)
    assert made["axes"] == [{"parameter": "seed", "values": [78, 79]}]
    before = await graph_of(app, base["id"])
    own = {"id", "prompt_id", "batch_id", "batch_index", "batch_coordinates", "seed", "parameters", "warnings"}
    own |= {"created_at", "updated_at"}
    for row in await children(app, made["id"]):
        assert {name: row[name] for name in row if name not in own} == {
            name: base[name] for name in base if name not in own
        }
        seeds = {"seed": row["seed"], f"{SAMPLER}.seed": row["seed"]}
        assert row["parameters"] == {**base["parameters"], **seeds}
        before[SAMPLER]["inputs"]["seed"] = row["seed"]
        assert await graph_of(app, row["id"]) == before


async def test_drawn_seeds_are_unlike_each_other(app: Application) -> None:
    base = await app.generate(await app.session(), workflow_json=TXT2IMG)
    made = await vary(app, base["id"], count=150, random=True)
    seeds = {row["seed"] for row in await children(app, made["id"])}
    assert len(seeds | {base["seed"]}) == 151
    assert all(0 <= seed < 2**53 for seed in seeds)


async def test_a_generation_outside_of_sessions(app: Application) -> None:
    base = await app.json("POST", "/comfyui/prompt", 201, json={"prompt": TXT2IMG})
    made = await vary(app, base["id"], count=2)
    assert (made["session_id"], made["total"]) == (None, 2)
