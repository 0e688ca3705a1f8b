from typing import Any

import pytest

from spoonfeeder.comfy.plan import plan
from spoonfeeder.core.errors import Invalid
from tests.comfy.graphs import inputs_of, node, object_info, sampler, txt2img
from tests.fixtures.workflows import workflow

TOLD = object_info()


class Dice:
    """Gives 1000, 1001 … and remembers the limits it was asked with."""

    def __init__(self) -> None:
        self.limits: list[int] = []

    def __call__(self, limit: int) -> int:
        self.limits.append(limit)
        return 999 + len(self.limits)


@pytest.mark.parametrize(
    "parameters", [{}, {"seed": -1}, {"seed": "-1"}, {"seed": None}, {"seed": ""}, {"noise_seed": -1}]
)
def test_absent_or_minus_one_draws_once_below_2_to_53(parameters: dict[str, Any]) -> None:
    dice = Dice()
    planned = plan(txt2img(n20=sampler(latent_image=["3", 0])), parameters=parameters, draw=dice)
    assert dice.limits == [2**53]
    assert inputs_of(planned.graph, "3")["seed"] == inputs_of(planned.graph, "20")["seed"] == 1000
    assert planned.parameters["seed"] == planned.summary.seed == 1000


def test_without_an_injected_draw_seeds_differ() -> None:
    drawn = {plan(txt2img()).summary.seed for _ in range(20)}
    assert len(drawn) == 20
    assert all(seed is not None and 0 <= seed < 2**53 for seed in drawn)


@pytest.mark.parametrize(
    ("given", "seed"), [(0, 0), ("0", 0), (2**53, 2**53), (2**64 - 1, 2**64 - 1), ("18446744073709551615", 2**64 - 1)]
)
def test_seeds_are_exact(given: Any, seed: int) -> None:
    planned = plan(txt2img(), parameters={"seed": given})
    assert inputs_of(planned.graph, "3")["seed"] == seed
    assert planned.summary.seed == seed
    assert int(planned.parameters["seed"]) == seed
    assert isinstance(planned.parameters["seed"], int) is (seed < 2**53)


@pytest.mark.parametrize("seed", [-2, 2**64, "18446744073709551616", "9" * 4000, 1.5, True, "1e3", "٣", "--1", [1], {}])
def test_what_is_no_seed(seed: Any) -> None:
    with pytest.raises(Invalid, match="seed must be"):
        plan(txt2img(), parameters={"seed": seed})


def test_a_default_seed_is_kept_and_minus_one_draws_over_it() -> None:
    assert plan(txt2img(), {"seed": 5}).summary.seed == 5
    assert plan(txt2img(), {"seed": -1}, draw=Dice()).summary.seed == 1000
    assert plan(txt2img(), {"seed": 5}, parameters={"seed": -1}, draw=Dice()).summary.seed == 1000


def test_a_seed_set_directly_is_not_drawn_over() -> None:
    dice = Dice()
    assert plan(txt2img(), parameters={"3.seed": 7}, draw=dice).summary.seed == 7
    assert dice.limits == []
    assert plan(txt2img(), parameters={"3.seed": -1}, draw=dice).summary.seed == 1000


def test_another_seed_in_the_graph_stays() -> None:
    planned = plan(workflow("hires_fix_two_pass_sd15"), draw=Dice())
    assert [inputs_of(planned.graph, node_id)["seed"] for node_id in ("3", "11")] == [1000, 43]


def test_a_graph_as_it_stands() -> None:
    assert plan(txt2img(), draw=None).graph == txt2img()
    assert plan(txt2img(), parameters={"seed": -1}, draw=None).summary.seed != 42


def test_a_linked_seed_is_drawn_into_its_literal() -> None:
    planned = plan(txt2img(n3=sampler(seed=["20", 0]), n20=node("PrimitiveInt", value=5)), draw=Dice())
    assert inputs_of(planned.graph, "20")["value"] == 1000
    assert inputs_of(planned.graph, "3")["seed"] == ["20", 0]


def test_a_node_that_takes_less_gets_less() -> None:
    told = TOLD | {"Short": {"input": {"required": {"seed": ["INT", {"min": 0, "max": 2147483647}]}}}}
    dice = Dice()
    graph = {"1": node("Short", seed=3), "2": node("SaveImage", images=["1", 0])}
    assert inputs_of(plan(graph, object_info=told, draw=dice).graph, "1")["seed"] == 1000
    assert dice.limits == [2**31]


def test_a_graph_without_seed_draws_nothing() -> None:
    dice = Dice()
    planned = plan(workflow("model_free_blend"), draw=dice)
    assert (planned.summary.seed, dice.limits) == (None, [])
    assert "seed" not in planned.parameters


def test_a_seed_set_directly_counts_more_than_the_common_one() -> None:
    graph = txt2img(n20=sampler(latent_image=["3", 0]))
    planned = plan(graph, parameters={"seed": 5, "20.seed": 6})
    assert [inputs_of(planned.graph, node_id)["seed"] for node_id in ("3", "20")] == [5, 6]
