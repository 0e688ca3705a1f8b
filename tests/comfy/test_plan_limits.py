"""What a request may not say: 422 with one detail per parameter, never with the value."""

from typing import Any

import pytest

from spoonfeeder.comfy.plan import check, plan
from spoonfeeder.core.errors import Invalid
from tests.comfy.graphs import node, object_info, sampler, txt2img


def refused(parameters: dict[str, Any], told: dict[str, Any] | None = None) -> dict[str, str]:
    """The messages by parameter."""
    with pytest.raises(Invalid) as raised:
        plan(txt2img(), parameters=parameters, object_info=told)
    error = raised.value
    assert (error.status, error.code) == (422, "VALIDATION_ERROR")
    details = error.details or []
    assert error.message.startswith(details[0]["message"])
    return {detail["loc"].removeprefix("parameters."): detail["message"] for detail in details}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("batch_size", 10**6, "between 1 and 4096"),
        ("batch_size", 0, "between 1 and 4096"),
        ("width", 10**9, "between 1 and 16384"),
        ("height", -1, "between 1 and 16384"),
        ("steps", 0, "between 1 and 10000"),
        ("steps", 10001, "between 1 and 10000"),
        ("steps", 8.5, "whole number"),
        ("steps", True, "whole number"),
        ("steps", "8", "whole number"),
        ("steps", [8], "whole number"),
        ("width", float("nan"), "whole number"),
        ("cfg_scale", float("nan"), "must be a number"),
        ("cfg", float("inf"), "must be a number"),
        ("cfg", False, "must be a number"),
        ("cfg_scale", 100.5, "between 0 and 100"),
        ("denoise", 1.01, "between 0 and 1"),
        ("sampler_name", 5, "must be text"),
        ("scheduler", ["karras"], "must be text"),
        ("checkpoint_name", "x" * 256, "at most 255"),
        ("loras", "a", "must be a list"),
        ("loras", [{}], "[0] needs a name"),
        ("loras", [{"name": "a"}, 5], "[1] must be"),
        ("loras", [{"name": "a", "weight": 1}], "unknown field 'weight'"),
        ("loras", [{"name": "a", "strength": "1"}], "must be a number"),
        ("loras", [{"name": "a", "strength_model": True}], "must be a number"),
        ("loras", [{"name": "a", "strength_clip": 101}], "between -100 and 100"),
        ("loras", [{"name": ["a"]}], "must be text"),
        ("loras", ["a"] * 51, "at most 50"),
        ("3.steps", "8", "must be a number"),
        ("3.steps", 10**6, "between 1 and 10000"),
        ("3.steps", True, "must be a number"),
        ("5.batch_size", 10**6, "between 1 and 4096"),
        ("3.cfg", float("nan"), "must be a number"),
        ("3.seed", 2**64, "between 0 and"),
        ("6.text", 5, "must be text"),
        ("6.text", "x" * 100_001, "at most 100000"),
        ("3.steps", ["4", 0], "takes for a link"),
        ("6.text", ["4", 0], "takes for a link"),
        ("3.model", "x", "gets its value from another node"),
        ("99.steps", 5, "a node that this workflow does not have"),
        ("3.stepz", 5, "is no input of that node; it has seed, steps, cfg"),
        ("stepz", 5, "the known ones are width, height"),
        ("", 5, "is not a parameter"),
        (".", 5, "does not have"),
        ("3.", 5, "is no input"),
    ],
)
def test_wrong_values_and_names(name: str, value: Any, told: str) -> None:
    messages = refused({name: value})
    assert list(messages) == [name]
    assert told in messages[name]
    assert messages[name].startswith(name)


def test_all_faults_are_told_at_once() -> None:
    assert set(refused({"steps": 0, "cfg": "x", "nope": 1, "width": 512})) == {"steps", "cfg", "nope"}


def test_two_names_of_one_parameter() -> None:
    assert "another name of cfg_scale" in refused({"cfg_scale": 5, "cfg": 6})["cfg"]
    assert plan(txt2img(), parameters={"cfg_scale": 5, "cfg": 5}).summary.cfg_scale == 5


def test_the_value_is_not_repeated() -> None:
    assert "s3cret" not in str(refused({"steps": "s3cret", "3.cfg": "s3cret", "seed": "s3cret"}))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("3.steps", 8.5, "whole number"),
        ("5.width", 8, "between 16 and 16384"),
        ("3.denoise", 1.5, "between 0 and 1"),
        ("3.sampler_name", {"a": 1}, "one of the choices"),
        ("9.filename_prefix", 5, "must be text"),
    ],
)
def test_comfyuis_own_definitions_count(name: str, value: Any, told: str) -> None:
    assert told in refused({name: value}, object_info())[name]


def test_inputs_that_a_graph_leaves_out_are_believed_until_comfyui_has_told_its_nodes() -> None:
    """Nobody is refused for what is only not known yet."""
    graph = txt2img(n20=node("Somebody's", a=1), n21=node("EmptyImage", width=8))
    wished = {"20.b": "x", "21.height": 16}
    planned = plan(graph, {"20.c": 1}, parameters=wished)
    assert planned.graph["20"]["inputs"] == {"a": 1, "b": "x", "c": 1}
    assert planned.graph["21"]["inputs"] == {"width": 8, "height": 16}
    told = "may be no input of that node: no ComfyUI has told its nodes yet."
    assert planned.warnings == [f"{name} {told}" for name in ("20.c", "20.b", "21.height")]
    check(graph, wished)
    with pytest.raises(Invalid, match=r"20\.b is no input"):
        plan(graph, parameters=wished, object_info=object_info())
    with pytest.raises(Invalid, match=r"20\. is no input"):
        plan(graph, parameters={"20.": 1})


def test_whole_floats_are_whole() -> None:
    planned = plan(txt2img(), parameters={"steps": 20.0, "cfg": 7})
    assert planned.summary.steps == 20
    assert isinstance(planned.graph["3"]["inputs"]["steps"], int)


def test_a_computed_input_cannot_be_set() -> None:
    graph = txt2img(n3=sampler(steps=["20", 0]), n20=node("Math", a=1, b=2))
    with pytest.raises(Invalid, match=r"3\.steps gets its value from another node"):
        plan(graph, parameters={"3.steps": 5})
    planned = plan(graph, parameters={"steps": 5})
    assert planned.parameters["steps"] == 5
    assert "steps has no place" in planned.warnings[0]


def test_faulty_defaults_are_left_out_and_told() -> None:
    planned = plan(txt2img(), {"steps": 0, "gone": 1, "99.x": 1, "cfg": 3}, draw=None)
    assert (planned.summary.steps, planned.summary.cfg_scale) == (8, 3)
    assert len(planned.warnings) == 3
    assert planned.warnings[0] == "A default of the workflow was left out: steps must be between 1 and 10000."


def test_defaults_can_be_checked_when_they_are_saved() -> None:
    check(txt2img(), {"steps": 5, "3.cfg": 3, "seed": -1})
    with pytest.raises(Invalid) as raised:
        check(txt2img(), {"steps": 0}, at="default_parameters")
    assert (raised.value.details or [])[0]["loc"] == "default_parameters.steps"
