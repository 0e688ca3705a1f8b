"""One generation again with other seeds."""

from secrets import SystemRandom

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.seeds import MAX_SEED, SAFE_SEED, draw_seed
from spoonfeeder.comfy.trace import value_at
from spoonfeeder.core.errors import AppError, invalid_field
from spoonfeeder.core.vocabulary import BatchKind
from spoonfeeder.features.generations.batches.axes import Line
from spoonfeeder.features.generations.batches.planning import Base, Planning, plan_batch
from spoonfeeder.features.generations.batches.reading import Subject
from spoonfeeder.features.generations.batches.schemas import VariationsInput


class NoSeed(AppError):
    """The graph of this generation has no seed that could be varied."""

    status = 422
    code = "NO_SEED"


def plan_variations(base: Base, data: VariationsInput) -> Planning:
    """Raises NoSeed, Invalid, BatchTooLarge."""
    graph = base.source.graph
    subject = Subject(graph, base.object_info, Anatomy.of(graph, base.object_info), draw_seed)
    line = Line("seed", seeds_of(subject, data))
    points = ({"seed": seed} for seed in line.values)
    return plan_batch(BatchKind.VARIATIONS, base, subject, [line], points)


def seeds_of(subject: Subject, data: VariationsInput) -> list[int]:
    """Other than the graph's own and unlike each other; above the highest they begin again at 0."""
    places = subject.anatomy.places.get("seed")
    if not places:
        raise NoSeed
    limit, own = subject.anatomy.seed_limit, int(value_at(subject.graph, places[0]))
    if data.random:
        if limit <= data.count:
            raise invalid_field("count", f"This graph has no more than {limit:,} seeds.")
        drawn = SystemRandom().sample(range(limit), data.count + 1)
        return [seed for seed in drawn if seed != own][: data.count]
    # What takes all that can be drawn takes all that there are, unless it says less itself.
    seeds_there_are = limit if limit <= SAFE_SEED else MAX_SEED + 1
    step = data.seed_step if data.seed_step is not None else 1
    seeds = [(own + number * step) % seeds_there_are for number in range(1, data.count + 1)]
    if len({own, *seeds}) <= data.count:
        raise invalid_field("seed_step", "With this step the same seeds would come again; choose another.")
    return seeds
