"""From what a batch begins with and its points to its rows, all of them before one is queued. CPU work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.comfy.plan import PROMPTS, Planned, plan
from spoonfeeder.comfy.seeds import Draw
from spoonfeeder.comfy.standard import NAMES
from spoonfeeder.comfy.trace import Place, value_at
from spoonfeeder.comfy.wishes import read
from spoonfeeder.core.errors import AppError, Invalid, invalid_field
from spoonfeeder.core.lossless import lossless
from spoonfeeder.core.vocabulary import BatchKind
from spoonfeeder.features.generations import service
from spoonfeeder.features.generations.batches.axes import Line, Point
from spoonfeeder.features.generations.batches.faults import Faults, shown
from spoonfeeder.features.generations.batches.reading import Subject, canonical, places_of
from spoonfeeder.features.generations.schemas import GenerateInput
from spoonfeeder.features.generations.sources import Source
from spoonfeeder.features.generations.uploads import uploads_of

MOST_BYTES = 64 << 20
"""Of the graphs, prompts and coordinates of one batch."""
MOST_AXES_BYTES = 256 << 10


class BatchTooLarge(AppError):
    """The graphs of this batch would be more than 64 MiB; ask for fewer at once."""

    status = 422
    code = "BATCH_TOO_LARGE"


@dataclass(frozen=True, slots=True)
class Base:
    """What all of a batch have in common; `kept` are the columns of the generation that it begins with, if it does."""

    source: Source
    session_id: UUID | None
    priority: int
    object_info: ObjectInfo | None = None
    prompts: Mapping[str, str | None] | None = None
    preset: Mapping[str, Any] | None = None
    parameters: Mapping[str, Any] | None = None
    of_session: Mapping[str, Any] = field(default_factory=dict)
    body: GenerateInput | None = None
    generation_id: UUID | None = None
    kept: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Planning:
    """A batch that only has to be written: its rows in order, and the uploads that they name."""

    kind: BatchKind
    base: Base
    axes: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    uploads: set[UUID]


class Planner:
    """Makes the rows of the points, one after the other."""

    def __init__(self, base: Base, subject: Subject, lines: Sequence[Line]) -> None:
        self._base = base
        self._subject = subject
        self._draw = _same(subject.draw) if base.kept is None else None
        self._parameters = _without(base.parameters or {}, lines, subject)
        self._places = _direct_places(base, subject)
        self._bytes = 0
        self.uploads: set[UUID] = set()

    def require_sound_base(self) -> None:
        """Raises Invalid about the base itself, before the axes are blamed for it."""
        try:
            self._plan({})
        except Invalid as error:
            details = [{**detail, "loc": f"base.{detail.get('loc', '')}"} for detail in error.details or ()]
            raise Invalid(error.message, details=details or None) from None

    def rows(self, points: Iterable[Point]) -> list[dict[str, Any]]:
        """Raises Invalid with the first faults of all points."""
        faults, rows = Faults(), list[dict[str, Any]]()
        for index, point in enumerate(points):
            try:
                rows.append(self._row(point, index))
            except Invalid as error:
                faults.add("axes", f"At {shown(lossless(point))}: {error.message}")
            if faults.enough:
                break
        faults.refuse()
        return rows

    def _row(self, point: Point, index: int) -> dict[str, Any]:
        planned = self._plan(point)
        row = service.columns(self._base.source, planned)
        if self._base.kept is not None:
            row = self._completed(row, planned)
        self.uploads |= set(uploads_of(planned.graph).values())
        row |= {"session_id": self._base.session_id, "priority": self._base.priority}
        row |= {"batch_index": index, "batch_coordinates": lossless(point)}
        self._weigh(row)
        return row

    def _plan(self, point: Point) -> Planned:
        prompts = dict(self._base.prompts or {}) | {name: point[name] for name in PROMPTS if name in point}
        return plan(
            self._subject.graph,
            self._base.source.defaults,
            preset=self._base.preset,
            prompt_text=prompts.get("prompt_text"),
            negative_prompt=prompts.get("negative_prompt"),
            parameters={**self._parameters, **{name: point[name] for name in point if name not in PROMPTS}},
            object_info=self._subject.object_info,
            draw=self._draw,
            anatomy=self._subject.anatomy,
        )

    def _completed(self, row: dict[str, Any], planned: Planned) -> dict[str, Any]:
        """With what the generation had that stands in no input, as its prompt where no node takes one."""
        kept = self._base.kept or {}
        whole = {name: kept.get(name) if value is None else value for name, value in row.items()}
        present = {
            name: lossless(value_at(planned.graph, self._places[name])) if name in self._places else value
            for name, value in kept["parameters"].items()
        }
        return whole | {"parameters": present | row["parameters"]}

    def _weigh(self, row: Mapping[str, Any]) -> None:
        """Raises BatchTooLarge."""
        told = orjson.dumps([row["prompt_text"], row["negative_prompt"], row["parameters"], row["batch_coordinates"]])
        self._bytes += len(row["workflow_json_snapshot"].encode()) + len(told)
        if self._bytes > MOST_BYTES:
            raise BatchTooLarge


def plan_batch(
    kind: BatchKind, base: Base, subject: Subject, lines: Sequence[Line], points: Iterable[Point]
) -> Planning:
    """Raises Invalid, BatchTooLarge."""
    axes = [{"parameter": line.parameter, "values": lossless(line.values)} for line in lines]
    if len(orjson.dumps(axes)) > MOST_AXES_BYTES:
        raise invalid_field("axes", f"The values of the axes are more than {MOST_AXES_BYTES >> 10} KiB of text.")
    planner = Planner(base, subject, lines)
    planner.require_sound_base()
    return Planning(kind, base, axes, planner.rows(points), planner.uploads)


def settled(parameters: Mapping[str, Any], subject: Subject) -> dict[str, Any]:
    """With each direct seed that asks to be drawn (-1) drawn now, and so the same for all of the batch."""
    drawn = read(parameters, subject.graph, subject.object_info).drawn
    return {name: subject.drawn() if name in drawn else value for name, value in parameters.items()}


def _same(draw: Draw) -> Draw:
    """One seed for all of the batch, so that only the axes differ."""
    drawn: dict[int, int] = {}

    def draw_once(limit: int) -> int:
        return drawn.setdefault(limit, draw(limit))

    return draw_once


def _without(parameters: Mapping[str, Any], lines: Sequence[Line], subject: Subject) -> dict[str, Any]:
    """What the axes leave to the base: nothing of the same name, and no input that one of them sets."""
    names = {canonical(line.parameter) for line in lines}
    places = {place for line in lines for place in places_of(line.parameter, line.values[0], subject)}
    direct = read(parameters, subject.graph, subject.object_info).direct
    taken = {name for name, (place, _) in direct.items() if place in places}
    return {name: value for name, value in parameters.items() if canonical(name) not in names and name not in taken}


def _direct_places(base: Base, subject: Subject) -> dict[str, Place]:
    if base.kept is None:
        return {}
    direct = {name: value for name, value in base.kept["parameters"].items() if canonical(name) not in NAMES}
    return {name: place for name, (place, _) in read(direct, subject.graph, subject.object_info).direct.items()}
