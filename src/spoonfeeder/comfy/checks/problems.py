"""What is found wrong with a graph, told for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.wording import clean, name_node

MAX_PROBLEMS = 500
MAX_CHOICES = 20
MAX_VALUE = 200
Severity = Literal["error", "warning"]
Code = Literal[
    "unknown_node",
    "no_output",
    "circle",
    "missing_input",
    "bad_link",
    "missing_node",
    "wrong_output",
    "link_type",
    "wrong_type",
    "converted",
    "out_of_range",
    "not_a_choice",
    "missing_model",
    "missing_file",
    "unsafe_path",
    "missing_upload",
    "parameter",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """An error is what ComfyUI, or this server, will refuse; a warning is worth a look.

    Without `node_id` it is about the whole graph or, with `input`, about a parameter of the request.
    `choices` are the first ones; `nearest` are names that exist.
    """

    severity: Severity
    node_id: str | None
    title: str | None
    class_type: str | None
    input: str | None
    code: Code
    message: str
    value: str | None = None
    choices: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one input, before it is known how bad it is and where."""

    code: Code
    message: str
    value: Any = None
    choices: Sequence[Any] = ()
    nearest: Sequence[str] = ()
    harmless: bool = False


class Problems:
    """At most 500, the errors before the warnings; what is beyond is counted."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._found: dict[Severity, list[Problem]] = {"error": [], "warning": []}
        self.left_out = 0

    def add(self, severity: Severity, finding: Finding, node_id: str | None = None, name: str | None = None) -> None:
        found = self._found[severity]
        if len(found) >= MAX_PROBLEMS:
            self.left_out += 1
            return
        node = name_node(self._graph, node_id) if node_id is not None else None
        found.append(
            Problem(
                severity=severity,
                node_id=node.id if node else None,
                title=node.title if node else None,
                class_type=node.class_type if node else None,
                input=None if name is None else clean(name, 100),
                code=finding.code,
                message=finding.message,
                value=None if finding.value is None else shown(finding.value),
                choices=tuple(shown(choice) for choice in finding.choices[:MAX_CHOICES]),
                nearest=tuple(finding.nearest),
            )
        )

    @property
    def ok(self) -> bool:
        return not self._found["error"]

    @property
    def listed(self) -> list[Problem]:
        return (self._found["error"] + self._found["warning"])[:MAX_PROBLEMS]

    @property
    def more(self) -> int:
        return self.left_out + sum(map(len, self._found.values())) - len(self.listed)


def shown(value: Any) -> str:
    return clean(str(value), MAX_VALUE)
