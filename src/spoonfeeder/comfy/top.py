"""What a form shows before everything else: the settings that most people change."""

from collections.abc import Iterator
from dataclasses import dataclass

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.trace import Place, literal_at

MAX_LORAS = 50
LORA = ("lora_name", "strength_model", "strength_clip")
BEFORE_LORAS = (
    *("seed", "steps", "cfg_scale", "guidance", "width", "height", "length", "batch_size"),
    *("sampler_name", "scheduler", "checkpoint_name", "vae"),
)
AFTER_LORAS = ("denoise", "fps", "input_image")


@dataclass(frozen=True, slots=True)
class PromotedWidget:
    """An input that the author of a subgraph shows on its outside; `node_id` as in the API graph.

    `title` is that of the subgraph.
    """

    node_id: str
    input: str
    label: str
    title: str


def common_places(graph: Graph, anatomy: Anatomy) -> Iterator[tuple[Place, str | None]]:
    """With a label where it is a prompt, whatever node it stands in. A place may come twice."""
    prompts = anatomy.prompts
    yield from ((place, "Prompt") for place in prompts.positive[:1])
    yield from ((place, "Negative prompt") for place in prompts.negative[:1])
    yield from _standard(anatomy, BEFORE_LORAS)
    for loader in anatomy.chain.loaders[:MAX_LORAS]:
        for name in LORA:
            if place := literal_at(graph, loader, name):
                yield place, None
    yield from _standard(anatomy, AFTER_LORAS)


def _standard(anatomy: Anatomy, names: tuple[str, ...]) -> Iterator[tuple[Place, None]]:
    for name in names:
        if places := anatomy.places.get(name):
            yield places[0], None
