"""One generation for each point that the axes span."""

from collections.abc import Sequence
from dataclasses import replace

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.seeds import draw_seed
from spoonfeeder.core.vocabulary import BatchKind
from spoonfeeder.features.generations.batches.axes import Line, Point, lines_of, points_of
from spoonfeeder.features.generations.batches.faults import Faults
from spoonfeeder.features.generations.batches.planning import Base, Planning, plan_batch, settled
from spoonfeeder.features.generations.batches.reading import Subject, canonical, key_of, places_of, read_lines
from spoonfeeder.features.generations.batches.schemas import SweepInput


def plan_sweep(base: Base, data: SweepInput) -> Planning:
    """Raises Invalid, BatchTooLarge."""
    lines = lines_of(data.axes, data.mode, data.limit)
    graph = base.source.graph
    subject = Subject(graph, base.object_info, Anatomy.of(graph, base.object_info), draw_seed)
    checked = read_lines(lines, subject, alone=data.mode == "product")
    _require_free_prompts(base, checked, subject)
    points = list(points_of(checked, data.mode))
    _require_unlike(points)
    settled_base = replace(
        base,
        source=replace(base.source, defaults=settled(base.source.defaults, subject)),
        preset=settled(base.preset or {}, subject),
        parameters=settled(base.parameters or {}, subject),
    )
    return plan_batch(BatchKind.SWEEP, settled_base, subject, checked, points)


def _require_free_prompts(base: Base, lines: Sequence[Line], subject: Subject) -> None:
    """A prompt of the base is written last, so it would undo an axis that sets its input by `<node>.<input>`."""
    prompts, faults = subject.anatomy.prompts, Faults()
    places = {"prompt_text": set(prompts.positive), "negative_prompt": set(prompts.negative)}
    given = {name: places[name] for name, text in (base.prompts or {}).items() if text is not None}
    for number, line in enumerate(lines):
        own = places_of(line.parameter, line.values[0], subject)
        for name in given:
            if canonical(line.parameter) != name and own & given[name]:
                message = f"axes[{number}] ({line.parameter[:100]}) sets the same as {name} of the base."
                faults.add(f"axes.{number}.parameter", message)
    faults.refuse()


def _require_unlike(points: Sequence[Point]) -> None:
    faults, seen = Faults(), dict[tuple[object, ...], int]()
    for number, point in enumerate(points):
        first = seen.setdefault(tuple(key_of(value) for value in point.values()), number)
        if first != number:
            faults.add("axes", f"The axes' values number {first + 1} and {number + 1} are the same.")
    faults.refuse()
