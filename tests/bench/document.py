"""docs/performance.md, from what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import TIMES, Line
from tests.bench.machine import Machine

REASONS = Path(__file__).parent / "reasons.md"
HEAD = """\
# Performance

Made by `make bench`; not to be edited by hand. Each figure of ours is measured beside a bare floor, in turn and within
the same run; what counts is the ratio of neighbours: its median, and its quartiles in parentheses. All ran on one
machine: what is measured on core 0 (the API, or the floor in its place), and on core 1 those who load it, the simulated
providers, the worker, PostgreSQL and Redis. `up` and the memory are measured without a floor.

* Machine: {machine}
* To repeat it: `make bench` (some 25 minutes). A single part: `python -m tests.bench --only chat`, which writes this
  page with its new figures and the last ones of the others; `--quick` is a short look that is not written. It needs
  6 GB of disk in the temporary folder (or in `BENCH_CACHE`) for a library of a million generations, which is made at
  the first time and kept.

## Targets

| measured | floor | ours | ratio | target | |
|---|---:|---:|---:|---:|---|
{targets}
{missed}
## All figures
{tables}"""
TITLES = {
    "start": "Start",
    "memory": "Memory",
    "chat": "Chat, not streamed",
    "streams": "Streams",
    "many_streams": "Many streams",
    "adapters": "Adapters",
    "relay": "Relay",
    "accept": "Accepting generations",
    "history": "History",
    "search": "Search",
}
FLOORS = {
    "start": "From the command until the page and `/api/health/ready` answer, with servers of its own.",
    "memory": "PSS is the proportional set size: private pages, and its part of each page that is shared; RSS counts"
    " shared pages whole. At rest: ten seconds after the start.",
    "chat": "The floor is `tests/bench/bare_chat.py`: FastAPI and httpx2 hand the question on to the same simulated"
    " model and the answer back. It keeps no account, knows no keys or budgets, and has no database; ours commits"
    " twice.",
    "streams": "The floor is the same answer read from the simulated model itself. A token carries the moment when it"
    " was said; its latency is how much later the client has read it.",
    "many_streams": "The same with four times as many.",
    "adapters": "The floor reads the same answer by an HTTP client of the same library as raw bytes, splits lines and"
    " decodes each piece by msgspec to the same shape.",
    "relay": "The floor is `tests/bench/bare_relay.py`: python-socketio's write-only manager, Redis, and its server.",
    "accept": "The floor is `tests/bench/bare_accept.py`: FastAPI puts the parameters into the graph and posts it to a"
    " ComfyUI that only takes it. Ours commits each; afterwards a worker runs some of them on the simulator.",
    "history": "The floor is `tests/bench/bare_history.py`: asyncpg, orjson and Starlette. Half of the library's"
    " generations belong to the session that is read; the deep page is at its end.",
    "search": "The floor is `tests/bench/bare_history.py`: the same page by a statement written for that one filter."
    " Ours also counts what is found. Each ratio is of 95th percentiles.",
}


@dataclass(frozen=True)
class Part:
    """What one benchmark found; `at` is when it began, and `load` the machine's at that time."""

    at: str
    load: float
    lines: list[Line]


def render(machine: Machine, parts: Mapping[str, Part], failed: Sequence[str]) -> str:
    every = [line for part in parts.values() for line in part.lines]
    return HEAD.format(
        machine=machine,
        targets="\n".join(_row(line) for line in every if line.target is not None),
        missed=_missed(every, failed),
        tables="\n".join(_section(name, parts[name]) for name in TITLES if name in parts),
    )


def _row(line: Line) -> str:
    floor = _number(line.floor) if line.floor is not None else ""
    ratio = f"{line.ratio.middle:.2f} {TIMES} ({line.ratio.low:.2f}-{line.ratio.high:.2f})" if line.ratio else ""
    met = {None: "", True: "met", False: "**missed**"}[line.met]
    return f"| {line.name} | {floor} | {_number(line.ours)} {line.unit} | {ratio} | {line.target or ''} | {met} |"


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _missed(lines: Sequence[Line], failed: Sequence[str]) -> str:
    """Why, as far as tests/bench/reasons.md says it: its headings are the beginnings of the lines' names."""
    told = [f"\nThe benchmark `{name}` failed and has no figures." for name in failed]
    missed = [line.name for line in lines if line.met is False]
    for part in REASONS.read_text().split("\n## ")[1:]:
        heading, _, reason = part.partition("\n")
        if any(name.startswith(heading) for name in missed):
            told.append(f"\n### {heading}: why it is missed\n\n{reason.strip()}")
    return "\n".join(told) + "\n"


def _section(name: str, part: Part) -> str:
    measured = f"Measured {part.at} UTC, load {part.load:.1f} at the start."
    head = "| measured | floor | ours | ratio | target | |\n|---|---:|---:|---:|---:|---|"
    rows = "\n".join(_row(line) for line in part.lines)
    return f"\n### {TITLES[name]}\n\n{FLOORS[name]} {measured}\n\n{head}\n{rows}\n"
