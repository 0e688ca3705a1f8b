"""Progress over the recorded runs: never back, never 100, and about right."""

import json
from typing import Any

import pytest

from spoonfeeder.comfy.events import Cached, NodeStarted, NodeState, NodeStates, Progress, StepProgress
from spoonfeeder.comfy.frames import parse_text
from spoonfeeder.comfy.progress import ProgressMeter, weight_of
from tests.comfy.recorded import VERSIONS, every_trace, graph_of, prompt_id_of, trace


def _heard(version: str, name: str, index: int = 0, *, without: frozenset[str] = frozenset()) -> list[Progress]:
    """What a meter tells over a recorded run; `without` leaves out kinds of messages that an older server lacks."""
    prompt_id = prompt_id_of(version, name, index)
    meter = ProgressMeter(prompt_id, graph_of(version, name, index))
    told = []
    for message in trace(version, name)["messages"]:
        if "text" in message and message["text"]["type"] not in without:
            event = parse_text(json.dumps(message["text"]))
            if event is not None and getattr(event, "prompt_id", None) == prompt_id:
                progress = meter.hear(event)
                told += [progress] if progress else []
    return told


def _runs() -> list[tuple[str, str, int]]:
    return [
        (version, name, index)
        for version, name in every_trace()
        for index, submission in enumerate(trace(version, name)["submissions"])
        if submission["status"] == 200
    ]


@pytest.mark.parametrize("without", [frozenset(), frozenset({"progress_state"}), frozenset({"progress"})], ids=str)
@pytest.mark.parametrize(("version", "name", "index"), _runs())
def test_it_never_goes_back_and_leaves_100_to_the_end(
    version: str, name: str, index: int, without: frozenset[str]
) -> None:
    percents = [progress.percent for progress in _heard(version, name, index, without=without)]
    assert percents == sorted(percents)
    assert all(0 <= percent <= 99 for percent in percents)


@pytest.mark.parametrize("without", [frozenset(), frozenset({"progress_state"})], ids=str)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["success_sampler_preview", "success_two_samplers", "success_sampler_custom_advanced"])
def test_sampling_is_most_of_the_way(version: str, name: str, without: frozenset[str]) -> None:
    told = _heard(version, name, without=without)
    counted = [progress for progress in told if progress.steps and progress.steps > 1]
    assert counted[-1].percent - counted[0].percent > 40
    assert told[-1].percent >= 90
    assert all(progress.step is not None and 0 <= progress.step <= (progress.steps or 0) for progress in counted)


def test_the_node_at_work_has_its_title_and_class() -> None:
    [first, *_] = [told for told in _heard("v0.33.0", "success_sampler_preview") if told.steps == 10]
    assert (first.node, first.title, first.class_type, first.step) == ("3", "KSampler", "KSampler", 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_cached_nodes_are_done(version: str) -> None:
    assert [told.percent for told in _heard(version, "cached_all", 1)] == [99]
    assert _heard(version, "cached_partial", 1)[0].percent > 90


@pytest.mark.parametrize("version", VERSIONS)
def test_an_expanding_node_moves_on_with_its_children(version: str) -> None:
    told = _heard(version, "subgraph_expansion")
    inside = [progress for progress in told if progress.node and progress.node.startswith("5.")]
    assert inside[-1].percent > inside[0].percent
    assert {progress.class_type for progress in inside} == {"ProbeExpand"}
    assert inside[-1].percent < 50 <= 99 == told[-1].percent


def test_a_restart_inside_a_node_does_not_go_back() -> None:
    graph = {"1": {"class_type": "KSampler", "inputs": {"steps": 10}}, "2": {"class_type": "SaveImage", "inputs": {}}}
    meter = ProgressMeter("p", graph)
    values = [5.0, 10.0, 1.0, 5.0]
    told = [meter.hear(StepProgress("p", "1", value, 10.0)) for value in values]
    assert [progress and progress.percent for progress in told] == [47, 93, 93, 93]
    assert told[2] is not None
    assert (told[2].step, told[2].steps) == (1, 10)


def test_a_repeated_message_tells_nothing_new() -> None:
    meter = ProgressMeter("p", {"1": {"class_type": "A", "inputs": {}}})
    states = NodeStates("p", (NodeState("1", 0.0, 1.0, finished=False),))
    assert meter.hear(NodeStarted("p", "1", "1")) is not None
    assert meter.hear(states) is None


def test_hostile_numbers_stay_in_range() -> None:
    meter = ProgressMeter("p", {"1": {"class_type": "KSampler", "inputs": {"steps": 10**12}}})
    for value, maximum in [(1.0, 0.0), (-5.0, -1.0), (1e300, 1.0), (5.0, 1e18), (-3.0, 10.0)]:
        meter.hear(StepProgress("p", "1", value, maximum))
        told = meter.hear(Cached("p", ("1", "unknown")))
        assert told is None or 0 <= told.percent <= 99
    assert ProgressMeter("p", {}).hear(NodeStarted("p", "9", "9")) == Progress("p", 0, "9")


@pytest.mark.parametrize(
    ("node", "weight"),
    [
        ({"class_type": "KSampler", "inputs": {"steps": 20}}, 40),
        ({"class_type": "KSamplerAdvanced", "inputs": {"steps": 20, "start_at_step": 14, "end_at_step": 10_000}}, 12),
        ({"class_type": "KSampler", "inputs": {"steps": ["7", 0]}}, 60),
        ({"class_type": "SamplerCustomAdvanced", "inputs": {"sigmas": ["8", 0]}}, 24),
        ({"class_type": "BasicScheduler", "inputs": {"steps": 12}}, 1),
        ({"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}}, 1),
        ({"class_type": "KSampler", "inputs": {"steps": "many"}}, 1),
        ({"class_type": "KSampler", "inputs": {"steps": ["gone", 0]}}, 1),
        ({"class_type": "VAEDecode"}, 1),
    ],
)
def test_weights(node: dict[str, Any], weight: int) -> None:
    graph = {
        "3": node,
        "7": {"class_type": "PrimitiveInt", "inputs": {"value": 30}},
        "8": {"class_type": "BasicScheduler", "inputs": {"steps": 12}},
    }
    assert weight_of(graph, "3") == weight
