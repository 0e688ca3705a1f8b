"""Sweeps: what a request becomes."""

import pytest

from tests.features.generations.batches.asking import children, graph_of, sweep
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")
TXT2IMG = workflow("txt2img_sd15")
SAMPLER = next(node_id for node_id, node in TXT2IMG.items() if node["class_type"] == "KSampler")


async def test_all_combinations(app: Application) -> None:
    session_id = await app.session()
    made = await sweep(
        app,
        session_id,
        base={"workflow_json": TXT2IMG, "prompt_text": "a fox", "parameters": {"height": 256, "cfg": 3}},
        axes=[
            {"parameter": "cfg_scale", "range": {"from": 0.1, "to": 0.3, "step": 0.1}},
            {"parameter": f"{SAMPLER}.steps", "values": [10, 20.0]},
        ],
    )
    assert (made["kind"], made["total"], made["pending"], made["done"], made["progress"]) == ("sweep", 6, 6, False, 0)
    steps_name = f"{SAMPLER}.steps"
    assert made["axes"] == [
        {"parameter": "cfg_scale", "values": [0.1, 0.2, 0.3]},
        {"parameter": steps_name, "values": [10, 20]},
    ]
    rows = await children(app, made["id"])
    told = [row["batch_coordinates"] for row in rows]
    assert told == [{"cfg_scale": cfg, steps_name: steps} for cfg in (0.1, 0.2, 0.3) for steps in (10, 20)]
    assert [(row["cfg_scale"], row["steps"]) for row in rows] == [(at["cfg_scale"], at[steps_name]) for at in told]
    assert {(row["prompt_text"], row["height"], row["status"]) for row in rows} == {("a fox", 256, "pending")}
    assert len({row["seed"] for row in rows}) == 1, "one seed is drawn for all, so that only the axes differ"
    assert [row["batch_index"] for row in rows] == list(range(6))
    assert [row["created_at"] for row in rows] == sorted(row["created_at"] for row in rows)
    session = await app.json("GET", f"/comfyui/sessions/{session_id}")
    assert session["generation_count"] == 6
    assert session["last_parameters"] == {"height": 256, "cfg": 3}


async def test_the_queue_takes_them_in_their_order(app: Application) -> None:
    session_id = await app.session()
    made = await sweep(
        app,
        session_id,
        base={"workflow_json": TXT2IMG},
        axes=[{"parameter": "steps", "range": {"from": 1, "to": 120, "step": 1}}],
    )
    active = [row["id"] for row in await app.json("GET", "/active")]
    rows = [row["id"] for row in await children(app, made["id"])]
    assert [generation_id for generation_id in active if generation_id in rows] == rows


async def test_first_with_first_and_second_with_second(app: Application) -> None:
    session_id = await app.session()
    made = await sweep(
        app,
        session_id,
        mode="zip",
        base={"workflow_json": TXT2IMG, "parameters": {"seed": 5}},
        axes=[
            {"parameter": "prompt_text", "values": ["a fox", "a hare", ""]},
            {"parameter": "negative_prompt", "values": ["blurry", "", "blurry"]},
        ],
    )
    rows = await children(app, made["id"])
    told = [(row["prompt_text"], row["negative_prompt"]) for row in rows]
    assert told == [("a fox", "blurry"), ("a hare", ""), ("", "blurry")]
    assert {row["seed"] for row in rows} == {5}


async def test_seeds_beyond_a_double_stay_exact_and_minus_one_is_drawn(app: Application) -> None:
    session_id = await app.session()
    made = await sweep(
        app,
        session_id,
        base={"workflow_json": TXT2IMG},
        axes=[{"parameter": "seed", "values": ["18446744073709551615", 9007199254740993, 1, -1, -1]}],
    )
    rows = await children(app, made["id"])
    largest, above, small, *drawn = (row["batch_coordinates"]["seed"] for row in rows)
    assert (largest, above, small) == ("18446744073709551615", "9007199254740993", 1)
    assert all(0 <= seed < 2**53 for seed in drawn)
    assert drawn[0] != drawn[1]
    assert [row["seed"] for row in rows] == [largest, above, small, *drawn]
    assert (await graph_of(app, rows[1]["id"]))[SAMPLER]["inputs"]["seed"] == 9007199254740993


async def test_a_sweep_of_a_generation_changes_nothing_but_its_axes(app: Application) -> None:
    session_id, other_id = await app.session(TXT2IMG), await app.session()
    base = await app.generate(session_id, prompt_text="a fox", parameters={"steps": 7, "width": 256, "fps": 12})
    made = await sweep(
        app,
        other_id,
        base={"generation_id": base["id"]},
        axes=[
            {"parameter": "loras", "values": [[], ["detail.safetensors"]]},
            {"parameter": "cfg", "values": [3, 4.5]},
        ],
    )
    assert made["base_generation_id"] == base["id"]
    rows = await children(app, made["id"])
    assert [(len(row["loras_used"]), row["cfg_scale"]) for row in rows] == [(0, 3), (0, 4.5), (1, 3), (1, 4.5)]
    for row in rows:
        assert row["session_id"] == other_id
        same = ("workflow_id", "workflow_version_id", "profile_id", "prompt_text", "seed", "steps", "width")
        assert {name: row[name] for name in same} == {name: base[name] for name in same}
        assert row["parameters"]["fps"] == 12, "what has no place in the graph is kept too"
    before, after = await graph_of(app, base["id"]), await graph_of(app, rows[0]["id"])
    before[SAMPLER]["inputs"]["cfg"] = 3
    assert after == before


async def test_a_direct_seed_of_the_base_that_is_drawn_is_drawn_once(app: Application) -> None:
    session_id = await app.session()
    made = await sweep(
        app,
        session_id,
        base={"workflow_json": TXT2IMG, "parameters": {f"{SAMPLER}.seed": -1}},
        axes=[{"parameter": "steps", "values": [1, 2, 3]}],
    )
    assert len({row["seed"] for row in await children(app, made["id"])}) == 1


async def test_an_axis_goes_before_what_the_base_says_of_the_same_input(app: Application) -> None:
    session_id = await app.session()
    made = await sweep(
        app,
        session_id,
        base={"workflow_json": TXT2IMG, "parameters": {f"{SAMPLER}.seed": 5, "cfg": 2}},
        axes=[{"parameter": "seed", "values": [1, 2]}, {"parameter": f"{SAMPLER}.cfg", "values": [3, 4]}],
    )
    rows = await children(app, made["id"])
    assert [(row["seed"], row["cfg_scale"]) for row in rows] == [(1, 3), (1, 4), (2, 3), (2, 4)]
