"""One drill: a fault of RELIABILITY's list F, brought about on purpose, and what must come of it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from tests.chaos.findings import Findings

Course = Callable[[bool], Awaitable[Findings]]


@dataclass(frozen=True, slots=True)
class Drill:
    """`course` is told whether it shall be as long as the list says, or short."""

    fault: str
    title: str
    course: Course


@dataclass(frozen=True, slots=True)
class Result:
    fault: str
    title: str
    seconds: float
    figures: dict[str, str]
    violations: list[str]

    @property
    def kept(self) -> bool:
        return not self.violations

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_row(self) -> str:
        told = "; ".join(f"{name} {value}" for name, value in self.figures.items())
        return f"| {self.fault} | {self.title} | {'kept' if self.kept else 'BROKEN'} | {told} | {self.seconds:.0f} |"


async def hold(drill: Drill, *, full: bool) -> Result:
    """A drill that breaks off is a broken promise like any other."""
    began = time.monotonic()
    try:
        findings = await drill.course(full)
    except Exception as error:  # noqa: BLE001 - the other drills are held all the same
        findings = Findings(violations=[f"broke off: {type(error).__name__}: {error}"])
    return Result(drill.fault, drill.title, time.monotonic() - began, findings.figures, findings.violations)
