"""Classes that a ComfyUI takes although it no longer has them."""

from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.comfy import client as comfy_client
from spoonfeeder.comfy.checks.graph_check import check_graph
from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.events import Succeeded
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.history import read_end
from spoonfeeder.comfy.needs import lacking, needs_of
from spoonfeeder.comfy.objects import inputs_of
from spoonfeeder.comfy.replaced import with_replaced
from spoonfeeder.core.http import open_client
from spoonfeeder.core.targets import TargetPolicy
from spoonfeeder.simulator import Options, Simulator
from tests.comfy.graphs import node
from tests.waiting import until_async

OLD: Graph = {
    "1": node("EmptyImage", width=32, height=16, batch_size=1, color=0),
    "2": node("ProbeScaleOld", picture=["1", 0], wide=24, high=8),
    "3": node("SaveImage", images=["2", 1], filename_prefix="old"),
}


async def test_a_graph_with_an_old_class_is_known_found_sound_and_runs() -> None:
    policy = TargetPolicy(local=True)
    async with Simulator(Options(probes=True)) as simulator, open_client(policy) as http:
        client = ComfyClient(simulator.url, http)
        told = await client.object_info()
        assert list(inputs_of(told, "ProbeScaleOld")) == ["wide", "high", "picture"]
        assert lacking(needs_of(OLD), told) == []
        assert check_graph(OLD, told).listed == []
        without = OLD | {"2": node("ProbeScaleOld", picture=["1", 0], wide=-24)}
        assert {(one.input, one.code) for one in check_graph(without, told).listed} == {
            ("wide", "out_of_range"),
            ("high", "missing_input"),
        }
        assert "Load3DAnimation" not in told, "ComfyUI gives its inputs to nobody and then misses them"
        prompt_id = str(uuid4())
        await client.submit(OLD, prompt_id=prompt_id, client_id="me")
        await until_async(lambda: client.history(prompt_id))
        entry = await client.history(prompt_id)
        assert entry is not None
        assert isinstance(read_end(prompt_id, entry, OLD, missed_events=False), Succeeded)


async def test_a_comfyui_that_replaces_nothing_is_taken_as_it_is() -> None:
    policy = TargetPolicy(local=True)
    async with Simulator(Options(version="0.3.64", probes=True)) as simulator, open_client(policy) as http:
        told = await ComfyClient(simulator.url, http).object_info()
        assert lacking(needs_of(OLD), told) == ["It has no node class ProbeScaleOld."]


FAULTS: dict[str, dict[str, Any]] = {
    "no answer": {"kind": "slow", "seconds": 30},
    "reset": {"kind": "drop_request"},
    "cut midway": {"kind": "cut"},
    "500": {"kind": "status"},
    "a proxy's page": {"kind": "html"},
    "no JSON": {"kind": "empty"},
    "a list": {"kind": "json", "body": ["ProbeScaleOld"]},
    "null": {"kind": "json", "body": None},
}


@pytest.mark.parametrize("case", FAULTS)
async def test_definitions_do_not_hang_on_what_is_said_of_replaced_classes(
    case: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Then they are as last told, and are read anew with the definitions."""
    monkeypatch.setattr(comfy_client, "REPLACEMENTS_WAIT_SECONDS", 0.3)
    policy = TargetPolicy(local=True)
    async with Simulator(Options(probes=True)) as simulator, open_client(policy) as http:
        client = ComfyClient(simulator.url, http)
        simulator.faults.add("/node_replacements", **FAULTS[case])
        with caplog.at_level("WARNING", "spoonfeeder.comfy.client"):
            without = await client.object_info()
        assert (len(without) > 100, "ProbeScaleOld" in without) == (True, False)
        assert [simulator.url in line for line in caplog.messages] == [True]
        monkeypatch.setattr(comfy_client, "REPLACEMENTS_WAIT_SECONDS", 60)
        again = await client.object_info()
        assert lacking(needs_of(OLD), again) == []
        monkeypatch.setattr(comfy_client, "REPLACEMENTS_WAIT_SECONDS", 0.3)
        simulator.faults.add("/node_replacements", **FAULTS[case])
        assert await client.object_info() == again


NEW = {"New": {"input": {"required": {"x": ["INT", {}]}}, "output": ["IMAGE"], "output_node": False}}


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {"Old": None},
        {"Old": []},
        {"Old": ["New"]},
        {"Old": [{"new_node_id": "Gone"}]},
        {"Old": [{"new_node_id": ["New"]}]},
        {"Old": [{"new_node_id": "New", "input_mapping": {"x": "y"}}]},
        {"Old": [{"new_node_id": "New", "input_mapping": [{"new_id": ["x"], "old_id": "y"}, 5]}]},
    ],
)
def test_what_makes_no_sense_replaces_nothing(told: Any) -> None:
    assert with_replaced(NEW, told) == NEW


def test_odd_names_of_widgets_put_nothing_first() -> None:
    mapped = {"input_mapping": [{"new_id": "x", "old_id": "y"}], "old_widget_ids": [{}, ["y"], None, "z"]}
    assert list(inputs_of(with_replaced(NEW, {"Old": [{"new_node_id": "New", **mapped}]}), "Old")) == ["y"]


def test_outputs_stand_at_their_old_places() -> None:
    mapped = {"input_mapping": [{"new_id": "x", "old_id": "y"}], "output_mapping": [{"old_idx": 2, "new_idx": 0}]}
    told = with_replaced(NEW, {"Old": [{"new_node_id": "New", **mapped}]})
    assert told["Old"]["output"] == ["IMAGE", "*", "IMAGE"]
    assert told["Old"]["input"] == {"required": {"y": ["INT", {}]}}
