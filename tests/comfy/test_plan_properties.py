"""Properties of `plan` over all known graphs and over random requests."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.links import problems
from spoonfeeder.comfy.plan import Planned, plan
from spoonfeeder.core.errors import Invalid
from tests.comfy.graphs import api_workflows, object_info
from tests.fixtures.workflows import workflow

GRAPHS = {name: workflow(name) for name in api_workflows()}
VALID = [name for name in GRAPHS if name != "invalid_missing_and_range"]
OBJECTS = object_info()
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

names = st.sampled_from(sorted(GRAPHS))
told = st.sampled_from([None, OBJECTS])
texts = st.none() | st.text(max_size=20)
lora = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "tiny_lora_b", "x/y.safetensors"]), "strength_model": st.floats(-2, 2)},
    optional={"strength_clip": st.floats(-2, 2)},
)
requests = st.fixed_dictionaries(
    {},
    optional={
        "width": st.integers(16, 4096),
        "height": st.integers(16, 4096),
        "steps": st.integers(1, 200),
        "cfg_scale": st.floats(0, 30),
        "seed": st.integers(-1, 2**64 - 1),
        "sampler_name": st.sampled_from(["lcm", "ddim"]),
        "batch_size": st.integers(1, 16),
        "checkpoint_name": st.just("other.safetensors"),
        "denoise": st.floats(0, 1),
        "loras": st.lists(lora, max_size=5),
    },
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
wild_names = st.sampled_from(
    ["width", "seed", "loras", "cfg", "3.steps", "6.text", "10.image", "9.filename_prefix", "3.model", "11.lora_name"]
) | st.text(max_size=8)


def exact(graph: Graph) -> str:
    return json.dumps(graph)


@FEW
@given(name=names, told=told)
def test_without_a_request_and_without_a_draw_nothing_changes(name: str, told: dict[str, Any] | None) -> None:
    assert exact(plan(GRAPHS[name], object_info=told, draw=None).graph) == exact(GRAPHS[name])


@FEW
@given(name=names, told=told, parameters=requests, prompt=texts, negative=texts)
def test_the_argument_is_never_changed_and_links_stay_whole(
    name: str, told: dict[str, Any] | None, parameters: dict[str, Any], prompt: str | None, negative: str | None
) -> None:
    graph, asked = copy.deepcopy(GRAPHS[name]), copy.deepcopy(parameters)
    planned = plan(graph, parameters=parameters, prompt_text=prompt, negative_prompt=negative, object_info=told)
    assert exact(graph) == exact(GRAPHS[name])
    assert parameters == asked
    assert problems(planned.graph) == problems(graph)


@FEW
@given(name=st.sampled_from(VALID), told=told, parameters=requests, prompt=texts, negative=texts)
def test_what_is_told_of_a_run_repeats_it(
    name: str, told: dict[str, Any] | None, parameters: dict[str, Any], prompt: str | None, negative: str | None
) -> None:
    first = plan(GRAPHS[name], parameters=parameters, prompt_text=prompt, negative_prompt=negative, object_info=told)
    told_of = json.loads(json.dumps(first.parameters))
    again = plan(
        first.graph,
        parameters=told_of,
        prompt_text=first.summary.prompt_text,
        negative_prompt=first.summary.negative_prompt,
        object_info=told,
    )
    assert exact(again.graph) == exact(first.graph)
    assert again.summary == first.summary
    assert again.parameters == first.parameters


@FEW
@given(name=names, parameters=requests)
def test_what_is_asked_for_stands_in_the_graph_or_in_a_warning(name: str, parameters: dict[str, Any]) -> None:
    planned = plan(GRAPHS[name], parameters=parameters)
    warned = {warning.split()[0] for warning in planned.warnings}
    for asked, value in parameters.items():
        if asked not in warned and asked != "loras" and value != -1:
            stands = planned.parameters[asked]
            assert (int(stands) if asked == "seed" else stands) == value
    seed = planned.parameters.get("seed")
    assert seed is None or 0 <= int(seed) < 2**64


@settings(max_examples=150, deadline=None)
@given(name=names, told=told, parameters=st.dictionaries(wild_names, anything, max_size=4))
def test_any_request_is_planned_or_refused_as_invalid(
    name: str, told: dict[str, Any] | None, parameters: dict[str, Any]
) -> None:
    planned = outcome(name, parameters, told)
    if isinstance(planned, Invalid):
        assert planned.details
    else:
        assert problems(planned.graph) == problems(GRAPHS[name])
        json.dumps(planned.graph, allow_nan=False)


def outcome(name: str, parameters: dict[str, Any], told: dict[str, Any] | None) -> Planned | Invalid:
    try:
        return plan(GRAPHS[name], parameters=parameters, object_info=told)
    except Invalid as error:
        return error
