"""What ComfyUI would refuse of a run of a stored workflow, told without asking it to run anything."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.comfy.checks.graph_check import check_graph, is_covered
from spoonfeeder.comfy.checks.problems import Finding, Problems
from spoonfeeder.comfy.files import MAX_UPLOADS, upload_places
from spoonfeeder.comfy.graph import Graph, parse
from spoonfeeder.comfy.plan import REQUEST, Planned, plan
from spoonfeeder.comfy.trace import Place
from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import Invalid
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.backends.offered import Machine, Told, ask, machines_of
from spoonfeeder.features.workflows import queries
from spoonfeeder.features.workflows.check_schemas import Against, CheckInput, CheckOut, ProblemOut
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

NO_UPLOAD = "'{}' names an upload that does not exist."


@dataclass(frozen=True, slots=True)
class Checked:
    """The graph that would run; where the request itself is at fault, the stored one. `told` is what it was held to."""

    graph: Graph
    problems: Problems
    told: Told | None

    @property
    def faults(self) -> int:
        errors = sum(problem.severity == "error" for problem in self.problems.listed)
        return 0 if self.problems.ok else errors + self.problems.more


async def check(
    runtime: Runtime, actor: User, workflow_id: UUID, profile_id: UUID | None, data: CheckInput
) -> CheckOut:
    """On the machines of `profile_id`, else of its own profile, else of the first one.

    Raises WorkflowNotFound, ProfileNotFound, NotComfyUI.
    """
    async with open_work(runtime, actor) as work:
        workflow = await queries.get_whole(work, workflow_id)
        profile = await queries.profile_of(work, workflow.profile_id, profile_id)
        machines = [] if profile is None else await machines_of(work, profile)
    asked = partial(_check, workflow.workflow_json, workflow.default_parameters, data)
    checked = await _on_best(asked, machines)
    async with open_work(runtime, actor) as work:
        await _check_uploads(work, checked.graph, checked.problems)
    return CheckOut(
        ok=checked.problems.ok,
        problems=[ProblemOut(**asdict(problem)) for problem in checked.problems.listed],
        more=checked.problems.more,
        checked_against=_against(checked),
    )


async def _on_best(asked: Callable[[Told | None], Checked], machines: Sequence[Machine]) -> Checked:
    """As on the machine that finds least at fault: the work goes to one that has what it needs."""
    checked: list[Checked] = []
    for some in (machines[:1], machines[1:]):
        checked += [await asyncio.to_thread(asked, told) for told in await ask(some, is_needed=True)]
        if any(not each.faults for each in checked):
            break
    if not checked:
        checked.append(await asyncio.to_thread(asked, None))
    return min(checked, key=lambda each: each.faults)


def _against(checked: Checked) -> Against:
    if checked.told is not None:
        return "live" if checked.told.is_live else "cached"
    return "builtin" if is_covered(checked.graph) else "nothing"


def _check(text: str, defaults: Mapping[str, Any], data: CheckInput, told: Told | None) -> Checked:
    graph = parse(text)
    object_info = told.object_info if told else None
    try:
        planned: Planned | None = plan(
            graph,
            defaults,
            prompt_text=data.prompt_text,
            negative_prompt=data.negative_prompt,
            parameters=data.parameters,
            object_info=object_info,
        )
        faults: Sequence[Mapping[str, Any]] = ()
    except Invalid as error:
        planned, faults = None, error.details or ()
    graph = planned.graph if planned else graph
    wrong = {str(fault["loc"]).removeprefix(f"{REQUEST}."): str(fault["message"]) for fault in faults}
    asked = {place for name in wrong.keys() & data.parameters.keys() if (place := _place_of(graph, name))}
    problems = check_graph(graph, object_info, asked)
    _add_faults(problems, graph, wrong)
    for sentence in planned.warnings if planned else ():
        problems.add("warning", Finding("parameter", sentence))
    return Checked(graph, problems, told)


def _add_faults(problems: Problems, graph: Graph, wrong: Mapping[str, str]) -> None:
    told = _places_of(problems)
    for name, message in wrong.items():
        place = _place_of(graph, name)
        if place not in told:
            problems.add("error", Finding("parameter", message), *(place or (None, name)))


def _place_of(graph: Graph, name: str) -> Place | None:
    """`<node>.<input>` stands for a place in the graph."""
    node_id, _, entry = name.rpartition(".")
    return Place(node_id, entry) if node_id in graph else None


def _places_of(problems: Problems) -> set[Place | None]:
    return {Place(each.node_id, each.input) for each in problems.listed if each.node_id and each.input}


async def _check_uploads(work: Work, graph: Graph, problems: Problems) -> None:
    told = _places_of(problems)
    wanted = {place: _id_of(text) for place, text in upload_places(graph) if place not in told}
    if len(wanted) > MAX_UPLOADS:
        problems.add("error", Finding("parameter", f"The workflow names more than {MAX_UPLOADS} uploads."))
    if not 0 < len(wanted) <= MAX_UPLOADS:
        return
    ids = visible(select(Media.id), work.actor).where(Media.id.in_(set(filter(None, wanted.values()))))
    there = set(await work.session.scalars(ids))
    for place in _missing(wanted, there):
        finding = Finding("missing_upload", NO_UPLOAD.format(place.input), graph[place.node]["inputs"][place.input])
        problems.add("error", finding, place.node, place.input)


def _missing(wanted: Mapping[Place, UUID | None], there: set[UUID]) -> Iterator[Place]:
    return (place for place, media_id in wanted.items() if media_id is None or media_id not in there)


def _id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
