"""What is where in a stored graph."""

from dataclasses import dataclass

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.loras import Chain, find_chain
from spoonfeeder.comfy.objects import ObjectInfo, spec_of
from spoonfeeder.comfy.prompts import Prompts, find_prompts
from spoonfeeder.comfy.samplers import main_sampler
from spoonfeeder.comfy.seeds import SAFE_SEED
from spoonfeeder.comfy.standard import find_places
from spoonfeeder.comfy.trace import Place


@dataclass(frozen=True, slots=True)
class Anatomy:
    """`places`: by standard name, the main place first; a name without a place is absent."""

    sampler: str | None
    places: dict[str, list[Place]]
    prompts: Prompts
    chain: Chain
    seed_limit: int

    @classmethod
    def of(cls, graph: Graph, object_info: ObjectInfo | None = None) -> "Anatomy":
        sampler = main_sampler(graph, object_info)
        places = find_places(graph, sampler, object_info)
        prompts = find_prompts(graph, sampler, object_info)
        return cls(
            sampler=sampler,
            places=places,
            prompts=prompts,
            chain=find_chain(graph, sampler, prompts.encoder),
            seed_limit=_seed_limit(graph, places.get("seed", []), object_info),
        )

    def standard_names(self) -> dict[Place, str]:
        """By main place; of two names for one literal the first."""
        return {places[0]: name for name, places in reversed(self.places.items())}


def _seed_limit(graph: Graph, places: list[Place], object_info: ObjectInfo | None) -> int:
    """Seeds are drawn below this: 2^53, or less where a node takes less."""
    specs = (spec_of(object_info, graph[place.node]["class_type"], place.input) for place in places)
    return min([SAFE_SEED, *(int(spec.maximum) for spec in specs if spec and spec.maximum and spec.maximum > 0)]) + 1
