"""Which generations are looked for: the filters of a query string, and their condition on `SEARCHED`."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator
from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import TSQUERY
from starlette.requests import Request

from spoonfeeder.comfy.summary import MAX_INT, MAX_SEED
from spoonfeeder.core.errors import Invalid, invalid_field
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Session
from spoonfeeder.db.full_text import GOING_ON, asked, may_go_on
from spoonfeeder.db.generation_search import (
    NUMBER,
    SEARCHED,
    UNFINISHED_WORD,
    lora_term,
    parameter_term,
    plain,
    tag_term,
)
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.projects.queries import is_in
from spoonfeeder.work import Work

PARAMETER = "parameters."
MOST_PARAMETERS = 20
SEED = re.compile("0|[1-9][0-9]{0,19}")
DAY = timedelta(days=1)

Written = Annotated[str | None, Query(min_length=1, max_length=255)]
Whole = Annotated[int | None, Query(ge=0, le=MAX_INT)]
Number = Annotated[float | None, Query(allow_inf_nan=False)]


def _seed_in_range(digits: str | None) -> str | None:
    if digits is not None and not (SEED.fullmatch(digits) and int(digits) <= MAX_SEED):
        raise ValueError(f"must be a whole number from 0 to {MAX_SEED}")
    return digits


@dataclass(frozen=True, kw_only=True)
class Named:
    """The filters that have a name of their own, as FastAPI reads and documents them."""

    q: Annotated[
        str | None,
        Query(max_length=500, description='words, "a phrase", or, -without; the last word also as a beginning'),
    ] = None
    seed: Annotated[str | None, AfterValidator(_seed_in_range), Query(description="0 to 2^64 - 1, in digits")] = None
    checkpoint: Written = None
    lora: Annotated[str | None, Query(max_length=255, description="with or without folder and extension")] = None
    sampler: Written = None
    scheduler: Written = None
    status: Annotated[list[GenerationStatus] | None, Query(max_length=len(GenerationStatus))] = None
    width: Whole = None
    min_width: Whole = None
    max_width: Whole = None
    height: Whole = None
    min_height: Whole = None
    max_height: Whole = None
    steps: Whole = None
    min_steps: Whole = None
    max_steps: Whole = None
    cfg: Number = None
    min_cfg: Number = None
    max_cfg: Number = None
    favorite: bool | None = None
    tag: Annotated[list[str] | None, Query(max_length=20, description="of several, all")] = None
    session_id: UUID | None = None
    project_id: UUID | None = None
    workflow_id: UUID | None = None
    profile_id: UUID | None = None
    batch_id: UUID | None = None
    since: Annotated[str | None, Query(alias="from", max_length=40, description="a date or RFC 3339; from then on")] = (
        None
    )
    until: Annotated[
        str | None,
        Query(alias="to", max_length=40, description="a date, that day included, or RFC 3339; before then"),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Filters(Named):
    """`parameters` are pairs of a name and the text of its value."""

    parameters: tuple[tuple[str, str], ...] = ()


COLUMNS = SEARCHED.c
EQUAL: dict[str, ColumnElement[Any]] = {
    "checkpoint": COLUMNS.checkpoint_name,
    "sampler": COLUMNS.sampler_name,
    "cfg": COLUMNS.cfg_scale,
    **{name: COLUMNS[name] for name in ("scheduler", "width", "height", "steps")},
    **{name: COLUMNS[name] for name in ("session_id", "workflow_id", "profile_id", "batch_id")},
}
ONE_BY_ONE = ("session_id", "workflow_id", "checkpoint", "sampler", "cfg", "steps", "scheduler")
LASTING = (*((name,) for name in ONE_BY_ONE), ("width", "height"))
"""Of each of these, given as a whole, an index goes on in order of time."""
RANGED: dict[str, ColumnElement[Any]] = {
    "width": COLUMNS.width,
    "height": COLUMNS.height,
    "steps": COLUMNS.steps,
    "cfg": COLUMNS.cfg_scale,
}
NAMES = {"since": "from", "until": "to"}
KNOWN = frozenset(NAMES.get(field.name, field.name) for field in fields(Named))


class UnknownFilter(Invalid):
    """The search has no filter of this name."""


def filters_reader(*others: str) -> Callable[..., Awaitable[Filters]]:
    """A dependency that reads the filters and refuses every name that is neither one nor among `others`."""
    allowed = KNOWN | set(others)

    async def read_filters(request: Request, named: Annotated[Named, Depends()]) -> Filters:
        given = request.query_params.multi_items()
        parameters = tuple((name[len(PARAMETER) :], text) for name, text in given if name.startswith(PARAMETER))
        _refuse(sorted({name for name, _ in given if name not in allowed and not name.startswith(PARAMETER)}))
        if len(parameters) > MOST_PARAMETERS:
            raise invalid_field("parameters", f"Ask for at most {MOST_PARAMETERS} parameters.")
        filters = Filters(**vars(named), parameters=parameters)
        _moments(filters)
        return filters

    return read_filters


FiltersDep = Annotated[Filters, Depends(filters_reader())]


@dataclass(frozen=True, slots=True)
class Wanted:
    """`where` is all of it. `within` is the part that an index holds in order of time; `is_whole` where that is all.

    `is_all`: nothing was filtered. `sessions` are their ids where nothing else is wanted than to be in one of these.
    """

    where: ColumnElement[bool]
    within: ColumnElement[bool]
    is_whole: bool
    is_all: bool
    sessions: Select[UUID] | None = None


def condition(work: Work, filters: Filters) -> ColumnElement[bool]:
    """Where `SEARCHED` meets every filter. Raises Invalid."""
    return wanted(work, filters).where


def wanted(work: Work, filters: Filters) -> Wanted:
    """Raises Invalid."""
    lasting = list(_lasting(filters))
    ordered = [*lasting[:1], *_time(filters)]
    within = and_(true(), *ordered)
    others = [
        *lasting[1:],
        *_equal(filters),
        *_ranges(filters),
        *_seeds(filters),
        *_written(filters),
    ]
    sessions = None if filters.project_id is None else _sessions(work, filters.project_id)
    if sessions is None:
        return Wanted(and_(within, *others), within, not others, not ordered and not others)
    is_only = not lasting and not others
    where = and_(within, *others, COLUMNS.session_id.in_(sessions))
    return Wanted(where, within, False, False, sessions if is_only else None)


def _lasting(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Each of these has an index that goes on in order of time."""
    for names in LASTING:
        if _has(filters, names):
            yield and_(*(EQUAL[name] == getattr(filters, name) for name in names))
    if filters.favorite:
        yield COLUMNS.favorite
    if filters.status in ([GenerationStatus.FAILED], [GenerationStatus.CANCELLED]):
        yield COLUMNS.status == filters.status[0]


def _equal(filters: Filters) -> Iterator[ColumnElement[bool]]:
    lasting = {name for names in LASTING if _has(filters, names) for name in names}
    for name, column in EQUAL.items():
        if name not in lasting and _has(filters, [name]):
            yield column == getattr(filters, name)
    if filters.favorite is False:
        yield ~COLUMNS.favorite
    if filters.status and filters.status not in ([GenerationStatus.FAILED], [GenerationStatus.CANCELLED]):
        yield COLUMNS.status.in_(filters.status)


def _has(filters: Filters, names: Iterable[str]) -> bool:
    return all(getattr(filters, name) is not None for name in names)


def _ranges(filters: Filters) -> Iterator[ColumnElement[bool]]:
    for name, column in RANGED.items():
        if (least := getattr(filters, f"min_{name}")) is not None:
            yield column >= least
        if (most := getattr(filters, f"max_{name}")) is not None:
            yield column <= most


def _time(filters: Filters) -> Iterator[ColumnElement[bool]]:
    since, until = _moments(filters)
    if since:
        yield COLUMNS.created_at >= since
    if until:
        yield COLUMNS.created_at < until


def _words(q: str) -> ColumnElement[Any]:
    simple: ColumnElement[Any] = literal_column("'simple'::regconfig")
    words = func.websearch_to_tsquery(simple, asked(q))
    if not may_go_on(q):
        return words
    return cast(func.regexp_replace(cast(words, Text), UNFINISHED_WORD, GOING_ON), TSQUERY)


def _written(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Words and exact terms, all of which stand in one column."""
    if filters.q and not filters.q.isspace():
        yield COLUMNS.search.bool_op("@@")(_words(filters.q))
    terms = [tag_term(tag) for tag in filters.tag or ()]
    terms += [parameter_term(name, value) for name, value in filters.parameters if name != "seed"]
    if filters.lora is not None:
        terms.append(lora_term(filters.lora))
    if terms:
        yield COLUMNS.search.bool_op("@@")(cast(cast(" & ".join(terms), Text), TSQUERY))


def _seeds(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Nearly every row has a seed of its own, so that is no term of its parameters but a column."""
    given = [value for name, value in filters.parameters if name == "seed"]
    for text in (filters.seed, *given):
        if text is not None:
            yield COLUMNS.seed == _seed(text)


def _sessions(work: Work, project_id: UUID) -> Select[UUID]:
    return visible(select(Session.id), work.actor).where(is_in(Session.project_id, project_id))


def _seed(text: str) -> int:
    """Of any spelling of the number; -1, which no row has, of what is none."""
    digits = plain(text) if NUMBER.fullmatch(text) else "-1"
    return int(digits) if digits.isdecimal() and int(digits) <= MAX_SEED else -1


def _moments(filters: Filters) -> tuple[datetime | None, datetime | None]:
    """From the first, before the second."""
    return _moment("from", filters.since, timedelta(0)), _moment("to", filters.until, DAY)


def _moment(name: str, text: str | None, of_a_date: timedelta) -> datetime | None:
    if text is None:
        return None
    try:
        if len(text) == len("2026-11-21"):
            return datetime.combine(date.fromisoformat(text), time(), UTC) + of_a_date
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    message = "must be a date, such as 2026-11-21, or a moment with its time zone, such as 2026-11-21T09:30:00Z"
    raise invalid_field(name, f"{name} {message}.")


def _refuse(unknown: list[str]) -> None:
    """Raises UnknownFilter."""
    if unknown:
        message = f"There is no filter of the name {unknown[0][:100]}."
        told = [{"loc": name[:100], "type": "unknown", "message": "There is no such filter."} for name in unknown[:20]]
        raise UnknownFilter(message, details=told)
