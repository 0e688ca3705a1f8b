"""What is wrong with a sweep or with variations is told as a whole, and nothing of it is queued."""

from typing import Any

import pytest

from tests.features.generations.batches.asking import sweep, vary
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")
TXT2IMG = workflow("txt2img_sd15")
BASE = {"workflow_json": TXT2IMG}
SAMPLER = next(node_id for node_id, node in TXT2IMG.items() if node["class_type"] == "KSampler")
TEXT = TXT2IMG[SAMPLER]["inputs"]["positive"][0]
STEPS = {"parameter": "steps", "values": [1, 2]}
CFG = {"parameter": "cfg", "values": [1, 2]}


def axes(*given: Any, base: Any = BASE, **more: Any) -> dict[str, Any]:
    return {"base": base, "axes": list(given), **more}


def walk(**numbers: Any) -> dict[str, Any]:
    return axes({"parameter": "steps", "range": numbers})


SWEEPS: list[tuple[str, dict[str, Any], str]] = [
    ("no axis", axes(), "axes"),
    ("nine axes", axes(*[STEPS] * 9), "axes"),
    ("no values", axes({"parameter": "steps"}), "axes.0"),
    ("an empty list", axes({"parameter": "steps", "values": []}), "axes.0.values"),
    ("values and a range", axes(STEPS | {"range": {"from": 1, "to": 2, "step": 1}}), "axes.0"),
    ("a range without a step", walk(**{"from": 1, "to": 2}), "axes.0.range"),
    ("a step and a count", walk(**{"from": 1, "to": 2}, step=1, count=2), "axes.0.range"),
    ("a step of nothing", walk(**{"from": 1, "to": 2}, step=0), "axes.0.range"),
    ("a step that leads away", walk(**{"from": 1, "to": 2}, step=-1), "axes.0.range"),
    ("a range of words", walk(**{"from": "a", "to": 2}, step=1), "axes.0.range.from"),
    ("a range without an end", walk(**{"from": 1}, step=1), "axes.0.range.to"),
    ("an unknown mode", axes(STEPS, mode="cross"), "mode"),
    ("a limit beyond the bound", axes(STEPS, limit=1_001), "limit"),
    ("too many", walk(**{"from": 1, "to": 501}, step=1), "axes"),
    ("far too many", walk(**{"from": -1e19, "to": 1e19}, step=1e-300), "axes"),
    ("unlike lengths", axes(STEPS, {"parameter": "cfg", "values": [1]}, mode="zip"), "axes"),
    ("an unknown parameter", axes({"parameter": "stepz", "values": [1]}), "axes.0.values.0"),
    ("an unknown node", axes({"parameter": "999.steps", "values": [1]}), "axes.0.values.0"),
    ("a linked input", axes({"parameter": f"{SAMPLER}.model", "values": [1]}), "axes.0.values.0"),
    ("a value of the wrong kind", axes(STEPS, {"parameter": "cfg", "values": [1, "x"]}), "axes.1.values.1"),
    ("a value out of range", axes({"parameter": "steps", "values": [1, 10_001]}), "axes.0.values.1"),
    ("a fraction of a step", walk(**{"from": 1, "to": 2}, count=3), "axes.0.values.1"),
    ("a size that no card has", axes({"parameter": "width", "values": [10**9]}), "axes.0.values.0"),
    ("an empty value", axes({"parameter": "steps", "values": [1, ""]}), "axes.0.values.1"),
    ("null", axes({"parameter": f"{SAMPLER}.steps", "values": [None]}), "axes.0.values.0"),
    ("a prompt that is a number", axes({"parameter": "prompt_text", "values": [1]}), "axes.0.values.0"),
    ("a prompt without end", axes({"parameter": "prompt_text", "values": ["x" * 100_001]}), "axes.0.values.0"),
    ("a seed beyond 64 bits", axes({"parameter": "seed", "values": ["18446744073709551616"]}), "axes.0.values.0"),
    ("a LoRA without a name", axes({"parameter": "loras", "values": [[], [{"strength": 1}]]}), "axes.0.values.1"),
    ("the same value twice", axes({"parameter": "steps", "values": [7, 8, 7.0]}), "axes.0.values.2"),
    ("the same point twice", axes({"parameter": "steps", "values": [7, 8, 7]}, mode="zip"), "axes"),
    ("the same axis twice", axes(STEPS, STEPS), "axes.1.parameter"),
    ("two names of one input", axes(CFG, CFG | {"parameter": "cfg_scale"}), "axes.1.parameter"),
    ("one input by node too", axes(CFG, CFG | {"parameter": f"{SAMPLER}.cfg"}), "axes.1.parameter"),
    (
        "a prompt by node too",
        axes({"parameter": f"{TEXT}.text", "values": ["a"]}, {"parameter": "prompt_text", "values": ["b"]}),
        "axes.1.parameter",
    ),
    (
        "a prompt of the base",
        axes({"parameter": f"{TEXT}.text", "values": ["a"]}, base=BASE | {"prompt_text": "b"}),
        "axes.0.parameter",
    ),
    ("what has no place", axes({"parameter": "fps", "values": [1, 2]}), "axes.0.parameter"),
    ("a wrong base", axes(STEPS, base=BASE | {"parameters": {"cfg": -1}}), "base.parameters.cfg"),
    ("a path out of its folder", axes({"parameter": f"{SAMPLER}.x", "values": ["../x"]}), "axes.0.values.0"),
    ("an unknown workflow", axes(STEPS, base={"workflow_id": "0" * 32}), "workflow_id"),
    ("axes as long as a book", axes({"parameter": "prompt_text", "values": ["x" * 90_000 + c for c in "abc"]}), "axes"),
    ("an unknown field", axes(STEPS, surprise=1), "surprise"),
    ("a generation and more", axes(STEPS, base={"generation_id": "0" * 32, "prompt_text": "x"}), "base"),
]


@pytest.mark.parametrize(("name", "body", "loc"), SWEEPS, ids=[name for name, _, _ in SWEEPS])
async def test_a_sweep_that_is_refused(app: Application, name: str, body: dict[str, Any], loc: str) -> None:
    session_id = app.made.setdefault("session", await app.session())
    refused = await sweep(app, session_id, 422, **body)
    assert [detail["loc"] for detail in refused["details"]] == [loc], (name, refused)
    assert (await app.json("GET", f"/comfyui/sessions/{session_id}"))["generation_count"] == 0
    assert await app.json("GET", f"/comfyui/batches?session_id={session_id}") == []


async def test_all_faults_are_told_at_once_with_axis_and_value_but_not_without_end(app: Application) -> None:
    session_id = await app.session()
    bad = axes({"parameter": "steps", "values": [0, 1, "x"]}, {"parameter": "sampler_name", "values": ["euler", 3]})
    refused = await sweep(app, session_id, 422, **bad)
    assert [detail["loc"] for detail in refused["details"]] == ["axes.0.values.0", "axes.0.values.2", "axes.1.values.1"]
    assert refused["details"][1]["message"] == 'axes[0] (steps), value "x": steps must be a whole number.'
    assert refused["error"].endswith("(and 2 more)")
    many = axes({"parameter": "steps", "values": [-number for number in range(400)]})
    assert len((await sweep(app, session_id, 422, **many))["details"]) == 20


async def test_how_many_there_would_be_is_said(app: Application) -> None:
    session_id = await app.session()
    each = {"from": 1, "to": 100, "step": 1}
    both = axes({"parameter": "steps", "range": each}, {"parameter": "width", "range": each}, limit=800)
    refused = await sweep(app, session_id, 422, **both)
    assert "would make 10,000 generations; its limit is 800" in refused["error"]


async def test_what_is_not_there(app: Application) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    session_id = await app.session()
    answers = [
        await sweep(app, nobody, 404, **axes(STEPS)),
        await sweep(app, session_id, 404, **axes(STEPS, base={"generation_id": nobody})),
        await vary(app, nobody, 404, count=1),
        await app.json("GET", f"/comfyui/batches/{nobody}", 404),
        *[await app.json("POST", f"/comfyui/batches/{nobody}/{verb}", 404) for verb in ("cancel", "hold", "release")],
        await app.json("DELETE", f"/comfyui/batches/{nobody}", 404),
        await app.json("POST", f"/comfyui/batches/{nobody}/restore", 409),
    ]
    codes = ["SESSION_NOT_FOUND", *["GENERATION_NOT_FOUND"] * 2, *["BATCH_NOT_FOUND"] * 5, "NOTHING_TO_RESTORE"]
    assert [answer["code"] for answer in answers] == codes


VARIATIONS: list[dict[str, Any]] = [
    {},
    {"count": 0},
    {"count": 1_001},
    {"count": 2, "seed_step": 0},
    {"count": 2, "seed_step": 2**64},
    {"count": 2, "seed_step": 5, "random": True},
    {"count": 3, "seed_step": 2**63},
    {"count": "2"},
    {"count": 2, "steps": 3},
]


async def test_variations_that_are_refused(app: Application) -> None:
    session_id = await app.session()
    base = await app.generate(session_id, workflow_json=TXT2IMG)
    for body in VARIATIONS:
        assert (await vary(app, base["id"], 422, **body))["code"] == "VALIDATION_ERROR", body
    seedless: dict[str, Any] = {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}
    seedless["2"] = {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}}
    other = await app.generate(session_id, workflow_json=seedless)
    refused = await vary(app, other["id"], 422, count=2)
    assert (refused["code"], "no seed" in refused["error"]) == ("NO_SEED", True)
    assert (await app.json("GET", f"/comfyui/sessions/{session_id}"))["generation_count"] == 2


async def test_graphs_that_are_too_much_together(app: Application) -> None:
    """A graph of 200 kB, 400 times."""
    session_id = await app.session()
    graph = {**TXT2IMG, TEXT: {**TXT2IMG[TEXT], "_meta": {"title": "x" * 200_000}}}
    many = {"parameter": "steps", "range": {"from": 1, "to": 400, "step": 1}}
    refused = await sweep(app, session_id, 422, **axes(many, base={"workflow_json": graph}))
    assert refused["code"] == "BATCH_TOO_LARGE"
    assert (await app.json("GET", f"/comfyui/sessions/{session_id}"))["generation_count"] == 0
