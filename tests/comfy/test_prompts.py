from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.plan import Planned, plan
from tests.comfy.graphs import inputs_of, node, sampler, txt2img
from tests.fixtures.workflows import workflow


def prompted(graph: Graph, prompt: str | None = "NEW", negative: str | None = "BAD") -> Planned:
    return plan(graph, prompt_text=prompt, negative_prompt=negative, draw=None)


def text(planned: Planned, node_id: str, name: str = "text") -> str:
    found = inputs_of(planned.graph, node_id)[name]
    assert isinstance(found, str)
    return found


def test_absent_leaves_the_graphs_own_and_empty_empties() -> None:
    own = prompted(txt2img(), None, None)
    assert own.graph == txt2img()
    assert own.summary.prompt_text == "a lighthouse on a cliff at dawn, oil painting"
    assert own.summary.negative_prompt == "blurry, low quality"
    empty = prompted(txt2img(), "", "")
    assert (text(empty, "6"), text(empty, "7")) == ("", "")
    assert (empty.summary.prompt_text, empty.summary.negative_prompt) == ("", "")
    assert empty.warnings == []


def test_sides_are_told_by_links_and_not_by_order_or_title() -> None:
    graph = txt2img(n3=sampler(positive=["7", 0], negative=["6", 0]))
    planned = prompted(graph)
    assert (text(planned, "7"), text(planned, "6")) == ("NEW", "BAD")


def test_equal_texts_do_not_cross_sides() -> None:
    graph = txt2img(
        n6=node("CLIPTextEncode", text="", clip=["4", 1]), n7=node("CLIPTextEncode", text="", clip=["4", 1])
    )
    planned = prompted(graph, "NEW", None)
    assert (text(planned, "6"), text(planned, "7")) == ("NEW", "")


def test_through_controlnet_by_output() -> None:
    planned = prompted(workflow("controlnet_canny_sd15"))
    assert (text(planned, "6"), text(planned, "7")) == ("NEW", "BAD")


def test_through_combine_guidance_masks_and_reroutes() -> None:
    graph = txt2img(
        n3=sampler(positive=["20", 0]),
        n20=node("FluxGuidance", guidance=3.0, conditioning=["21", 0]),
        n21=node("ConditioningCombine", conditioning_1=["22", 0], conditioning_2=["23", 0]),
        n22=node("Reroute", any=["6", 0]),
        n23=node("ConditioningSetMask", conditioning=["24", 0], strength=1.0),
        n24=node("CLIPTextEncode", text="a second subject", clip=["4", 1]),
    )
    planned = prompted(graph)
    assert (text(planned, "6"), text(planned, "24")) == ("NEW", "a second subject")


def test_sdxl_both_texts_and_the_refiner_with_the_same_text() -> None:
    planned = prompted(workflow("sdxl_base_refiner"))
    assert [text(planned, "4", "text_g"), text(planned, "4", "text_l"), text(planned, "6")] == ["NEW"] * 3
    assert [text(planned, "5", "text_g"), text(planned, "5", "text_l"), text(planned, "7")] == ["BAD"] * 3


def test_flux_has_two_texts_and_no_negative() -> None:
    planned = prompted(workflow("flux_dev_sampler_custom_advanced"))
    assert [text(planned, "6", "t5xxl"), text(planned, "6", "clip_l")] == ["NEW", "NEW"]
    assert planned.warnings == ["negative_prompt has no place in this workflow: it is kept, but changes nothing."]
    assert planned.summary.negative_prompt == "BAD"


def test_the_prompt_of_an_earlier_run_changes_nothing() -> None:
    graph = workflow("flux_dev_sampler_custom_advanced")
    own = prompted(graph, None, None).summary.prompt_text
    assert own == "a lighthouse on a cliff at dawn, oil painting"
    assert prompted(graph, own, None).graph == graph


def test_a_zeroed_conditioning_is_no_negative_prompt() -> None:
    graph = txt2img(n3=sampler(negative=["20", 0]), n20=node("ConditioningZeroOut", conditioning=["6", 0]))
    planned = prompted(graph)
    assert text(planned, "6") == "NEW"
    assert "negative_prompt has no place" in planned.warnings[0]
    assert prompted(graph, "NEW", "").warnings == []


def test_one_encoder_for_both_sides_takes_the_prompt() -> None:
    planned = prompted(txt2img(n3=sampler(negative=["6", 0])))
    assert text(planned, "6") == "NEW"
    assert "one node holds both" in planned.warnings[0]


def test_a_text_from_another_node() -> None:
    graph = txt2img(
        n6=node("CLIPTextEncode", text=["20", 0], clip=["4", 1]),
        n20=node("PreviewAny", source=["21", 0]),
        n21=node("PrimitiveStringMultiline", value="stored"),
    )
    planned = prompted(graph)
    assert inputs_of(planned.graph, "6")["text"] == ["20", 0]
    assert text(planned, "21", "value") == "NEW"
    assert planned.summary.prompt_text == "NEW"


def test_a_joined_text_is_led_by_its_beginning() -> None:
    graph = txt2img(
        n6=node("CLIPTextEncode", text=["20", 0], clip=["4", 1]),
        n20=node("StringConcatenate", string_a=["21", 0], string_b=", oil painting", delimiter=""),
        n21=node("PrimitiveString", value="stored"),
    )
    assert text(prompted(graph), "21", "value") == "NEW"
    graph["20"] = node("StringConcatenate", string_a="stored", string_b=", oil painting", delimiter="")
    assert text(prompted(graph), "20", "string_a") == "NEW"


def test_one_text_for_both_sides_takes_the_prompt() -> None:
    graph = txt2img(
        n6=node("CLIPTextEncode", text=["20", 0], clip=["4", 1]),
        n7=node("CLIPTextEncode", text=["20", 0], clip=["4", 1]),
        n20=node("PrimitiveString", value="stored"),
    )
    planned = prompted(graph)
    assert text(planned, "20", "value") == "NEW"
    assert len(planned.warnings) == 1


def test_nodes_that_encode_under_other_names() -> None:
    graph = txt2img(
        n3=sampler(positive=["20", 0], negative=["20", 1]),
        n20=node("Efficient Loader", positive="stored", negative="bad", ckpt_name="x.safetensors"),
    )
    planned = prompted(graph)
    assert (text(planned, "20", "positive"), text(planned, "20", "negative")) == ("NEW", "BAD")
    graph["20"] = node("SomeEdit", prompt="stored", negative_prompt="bad", clip=["4", 1])
    planned = prompted(graph)
    assert (text(planned, "20", "prompt"), text(planned, "20", "negative_prompt")) == ("NEW", "BAD")


def test_a_service_node_without_sampler() -> None:
    graph = {
        "1": node("SomeImageService", prompt="stored", negative_prompt="bad", seed=5),
        "2": node("SaveImage", images=["1", 0]),
    }
    planned = prompted(graph)
    assert (text(planned, "1", "prompt"), text(planned, "1", "negative_prompt")) == ("NEW", "BAD")
    assert planned.summary.seed == 5


def test_conditioning_in_a_circle_ends() -> None:
    graph = txt2img(
        n3=sampler(positive=["20", 0]),
        n20=node("ConditioningCombine", conditioning_1=["20", 0], conditioning_2=["21", 0]),
        n21=node("Reroute", any=["21", 0]),
    )
    assert "prompt_text has no place" in prompted(graph).warnings[0]


def test_an_equal_text_that_serves_both_sides_elsewhere_stays() -> None:
    own = "a lighthouse on a cliff at dawn, oil painting"
    graph = txt2img(
        n20=sampler(latent_image=["3", 0], positive=["21", 0], negative=["21", 0]),
        n21=node("CLIPTextEncode", text=own, clip=["4", 1]),
    )
    planned = prompted(graph)
    assert (text(planned, "6"), text(planned, "21")) == ("NEW", own)
