"""What can be made to go wrong with the next requests."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["status", "slow", "cut", "error_line", "garbage", "unfinished"]


@dataclass
class Fault:
    """Hits the next `times` requests whose path begins with `path`.

    status: `status` with the error `words`; slow: the first byte comes `seconds` later. After `after` lines of a
    stream, cut: the connection breaks; error_line: an error with `words` ends it; garbage: a line that is no JSON
    comes; unfinished: it ends as if all were well, without its last line.
    """

    path: str
    kind: Kind
    times: int = 1
    status: int = 500
    words: str = "made up by the simulator"
    seconds: float = 1.0
    after: int = 0


@dataclass
class Faults:
    waiting: list[Fault] = field(default_factory=list)

    def take(self, path: str) -> Fault | None:
        for fault in self.waiting:
            if fault.times > 0 and path.startswith(fault.path):
                fault.times -= 1
                return fault
        return None
