"""Every recorded 400 as a person reads it."""

from typing import Any

import pytest

from spoonfeeder.comfy.refusals import refusal
from tests.comfy.recorded import VERSIONS, refusals

SAMPLER = "KSampler (node 3):"
NOT_HERE = "is not on this ComfyUI."
NOT_INSTALLED = "is not installed on this ComfyUI."
NO_CHOICE = "is not one of the choices of"
NO_SLOT = "One of its links names an output that the other node does not have."
NO_OUTPUT = "The workflow has no node that saves or shows anything."
WRONG_KIND = "'samples' needs LATENT but is given CONDITIONING by its link to 'Positive' (CLIPTextEncode, node 6)."
SENTENCES = {
    "no prompt key": "There is no workflow in what was sent.",
    "empty prompt object": NO_OUTPUT,
    "invalid_no_output_node": NO_OUTPUT,
    "invalid_unknown_checkpoint": f"Load Checkpoint (node 4): The checkpoint 'does_not_exist.safetensors' {NOT_HERE}",
    "invalid_unknown_class_type": f"KSampler (node 3): The node type 'KSamplerThatIsNotInstalled' {NOT_INSTALLED}",
    "invalid_type_mismatch": f"VAE Decode (node 8): {WRONG_KIND}",
    "value not in list, long list (more than 20 options)": f"{SAMPLER} 'no_such_sampler' {NO_CHOICE} 'sampler_name'.",
    "seed -1": f"{SAMPLER} 'seed' is -1; the least allowed is 0.",
    "seed 2**64": f"{SAMPLER} 'seed' is 18446744073709551616; the most allowed is 18446744073709551615.",
    "not convertible to INT": f"{SAMPLER} 'steps' must be a whole number, not 'many'.",
    "link to a node that is not there": f"{SAMPLER} 'model' is linked to node 99, which is not in the workflow.",
    "link to an output slot that is not there": f"{SAMPLER} {NO_SLOT}",
    "link of length 1": f"{SAMPLER} The link at 'model' is malformed; it must name a node and a slot.",
    "link with a number as node id": f"{SAMPLER} The link at 'model' must name node 4 as text, not as a number.",
    "LoadImage of a file that was not uploaded": f"Load Image (node 10): The image 'nope.png' {NOT_HERE}",
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("what", SENTENCES)
def test_the_sentence_of_a_recorded_refusal(version: str, what: str) -> None:
    [case] = [case for case in refusals(version) if case["what"] == what]
    assert refusal(case["body"], case["graph"] or {}).message == f"ComfyUI refused the workflow: {SENTENCES[what]}"


@pytest.mark.parametrize("version", VERSIONS)
def test_each_input_has_its_reason(version: str) -> None:
    [case] = [case for case in refusals(version) if case["what"] == "invalid_missing_and_range"]
    refused = refusal(case["body"], case["graph"])
    assert refused.message.endswith("There are 2 more faults.")
    assert refused.details is not None
    told = {detail["input"]: detail for detail in refused.details}
    assert told["cfg"]["message"] == "'cfg' is 101.0; the most allowed is 100.0."
    assert told["steps"]["message"] == "'steps' is 0; the least allowed is 1."
    assert told["positive"]["message"] == "The input 'positive' is missing."
    assert told["steps"]["received"] == "0"
    assert {(detail["node_id"], detail["title"], detail["class_type"]) for detail in refused.details} == {
        ("3", "KSampler", "KSampler")
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_missing_model_lists_what_is_there(version: str) -> None:
    [case] = [case for case in refusals(version) if case["what"] == "invalid_unknown_checkpoint"]
    refused = refusal(case["body"], case["graph"])
    assert refused.details is not None
    assert "v1-5-pruned-emaonly.safetensors" in refused.details[0]["choices"]


def test_a_circle_is_named_where_the_server_names_it() -> None:
    messages = {}
    for version in VERSIONS:
        [case] = [case for case in refusals(version) if case["what"] == "cycle"]
        messages[version] = refusal(case["body"], case["graph"]).message
    assert "circle: 1 (ImageInvert) -> 2 (ImageInvert) -> 1 (ImageInvert)." in messages["v0.33.0"]
    assert "often the links form a circle" in messages["v0.3.64"]


@pytest.mark.parametrize("version", VERSIONS)
def test_no_refusal_shows_a_path_or_traceback_of_the_server(version: str) -> None:
    for case in refusals(version):
        refused = refusal(case["body"], case["graph"] if isinstance(case["graph"], dict) else {})
        shown = f"{refused.message} {refused.details}"
        assert "/srv" not in shown
        assert "execution.py" not in shown
        assert "\n" not in refused.message


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"error": None, "node_errors": []},
        {"error": "text", "node_errors": {"1": None, "2": {"errors": "x"}, "3": {"errors": [None]}}},
        {"error": {"type": 5, "message": ["x"]}},
        {"node_errors": {"1": {"errors": [{"type": "value_not_in_list", "extra_info": []}], "class_type": 7}}},
        {"node_errors": {"1": {"errors": [{"type": "exception_during_inner_validation"}]}}},
        {"node_errors": {"n" * 1000: {"errors": [{"type": "t" * 1000, "message": "m\0\n" * 1000}]}}},
    ],
)
def test_odd_bodies_still_make_a_sentence(body: Any) -> None:
    refused = refusal(body, {"1": {"class_type": "A", "inputs": {"x": [["a"], 0], "y": [None, 0]}}})
    assert refused.message.startswith("ComfyUI refused the workflow: ")
    assert len(refused.message) < 1000
    assert "\0" not in refused.message
