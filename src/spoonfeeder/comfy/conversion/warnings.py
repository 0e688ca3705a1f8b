"""What a person should look at after a conversion."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ConversionWarning:
    """`node_id` is the node's id in the API graph."""

    node_id: str
    class_type: str
    message: str


@dataclass(slots=True)
class Warnings:
    found: list[ConversionWarning] = field(default_factory=list)

    def add(self, node_id: str, class_type: str, message: str) -> None:
        self.found.append(ConversionWarning(node_id, class_type, message))
