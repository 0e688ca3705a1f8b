"""What was put into an archive: no more than numbers, so that a large one takes no more memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from spoonfeeder.features.generations.archive.names import Names

Part = Literal["pictures", "workflows"]
EVERYTHING: frozenset[Part] = frozenset({"pictures", "workflows"})


@dataclass(frozen=True, slots=True)
class Contents:
    """`positions` has a bit for each output that a generation, by its number, had when its turn came.

    `problems` are sentences by number and position; those of `without` have no file for it.
    """

    names: Names
    parts: frozenset[Part] = EVERYTHING
    positions: dict[int, int] = field(default_factory=dict)
    problems: dict[tuple[int, int], str] = field(default_factory=dict)
    without: set[tuple[int, int]] = field(default_factory=set)

    def take(self, number: int, files: Iterable[Any]) -> None:
        self.positions[number] = sum(1 << file.position for file in files)

    def leave_out(self, number: int, position: int, problem: str) -> None:
        self.problems[number, position] = problem
        self.without.add((number, position))

    def files_of(self, number: int, files: Iterable[Any]) -> Iterator[Any]:
        """Those that were there when its turn came."""
        return (file for file in files if self.positions[number] >> file.position & 1)

    def path_of(self, number: int, seed: str | None, file: Any) -> str | None:
        """None where it was not put in."""
        if "pictures" not in self.parts or (number, file.position) in self.without:
            return None
        return self.names.file(number, seed, file)

    def workflow_of(self, number: int, *, has_graph: bool) -> str | None:
        return self.names.workflow(number) if has_graph and "workflows" in self.parts else None
